"""Which raw trace an anonymised trace was made from, so that an erasure finds what must be published again.

    SAFE/lineage.jsonl      one line a run: the digests of the raw trace, of the anonymised one and of the policy

It stays in the anonymised trace's folder and is never published: the raw digest is the same for every release of one
capture, so it would link releases that are made under different keys in order not to be linked, and whoever holds a
copy of a raw trace could tell its packs. Earlier lines are kept when the folder is written anew, since packs of earlier
runs may still stand in a store.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

import orjson

from smartsandbox.packs.canonical import canonical_json
from smartsandbox.packs.store import FIXTURES, PACKS, Item, Store

LINEAGE_FILE = "lineage.jsonl"
MOST_DEPTH = 4
"""Folders below the given one that are looked into: <service>/<day>/anonymised is three."""


@dataclass(frozen=True, slots=True)
class Descent:
    """One run of anonymising, by the digests of what went in and what came out."""

    raw: str
    trace: str
    policy: str


def record_descent(aside: Path, out: Path, descent: Descent) -> None:
    """Write the lineage of a trace that stands at `aside` and will take the place of what is at `out`."""
    lines = [*read_lineage(out), descent]
    rows = (canonical_json({"raw": one.raw, "trace": one.trace, "policy": one.policy}) for one in lines)
    (aside / LINEAGE_FILE).write_bytes(b"\n".join(rows) + b"\n")


def read_lineage(folder: Path) -> list[Descent]:
    """The runs that wrote to a folder, oldest first; lines that cannot be read are passed over."""
    try:
        lines = (folder / LINEAGE_FILE).read_bytes().splitlines()
    except OSError:
        return []
    return [descent for line in lines if (descent := _descent(line)) is not None]


def _descent(line: bytes) -> Descent | None:
    try:
        value = orjson.loads(line)
        return Descent(str(value["raw"]), str(value["trace"]), str(value["policy"]))
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None


def lineages_of(raws: Set[str], root: Path) -> dict[Path, list[Descent]]:
    """The folders under `root` that any of these raw traces went into, each with all its runs, in order of path.

    All of them: what a folder was made from before a new capture replaced the raw trace is that trace's past as well.
    """
    found = ((folder, read_lineage(folder)) for folder in _folders(root))
    return {folder: runs for folder, runs in found if any(run.raw in raws for run in runs)}


def _folders(root: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(root):
        folders.sort()
        if len(Path(place).relative_to(root).parts) >= MOST_DEPTH:
            folders.clear()
        if LINEAGE_FILE in files:
            yield Path(place)


def published_from(traces: Set[str], store: Store) -> list[Item]:
    """The packs and fixture sets of a store that were cut or learned from any of these anonymised traces."""
    items = (item for kind in (PACKS, FIXTURES) for item in store.list(kind))
    return [item for item in items if _trace_of(item) in traces]


def _trace_of(item: Item) -> str:
    inputs = item.manifest.get("inputs")
    return str(inputs.get("trace")) if isinstance(inputs, dict) else ""
