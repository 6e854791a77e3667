"""What drafted policies cost on real captures, and what the checks say: `python -m bench policies`.

Every captured folder is imported, a policy is drafted, and the trace is anonymised under it with a fresh key. Nothing
is edited by hand: "edits" are the decisions that the refusal asks a reviewer to change, 0 where all went through.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.table import Table
from bench.traces import captures
from smartsandbox.anonymize.apply import anonymize_trace
from smartsandbox.anonymize.errors import ChecksFailedError
from smartsandbox.anonymize.keys import OsKeys
from smartsandbox.anonymize.policy_file import parse_policy, write_policy
from smartsandbox.anonymize.suggest import suggest_policy
from smartsandbox.packs.capture.imports import import_captures
from smartsandbox.packs.certificate import Verdict
from smartsandbox.packs.errors import SandboxError
from smartsandbox.packs.trace import RAW, write_trace

GROUPS = ("kept", "surrogated", "banded", "generalised", "retimed", "dropped")
_LIMIT_S = 1500.0
"""After this long no further capture is begun."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One capture under its drafted policy: each check with its outcome, and why nothing was published if so."""

    name: str
    exchanges: int
    leaves: int = 0
    groups: Mapping[str, int] = field(default_factory=dict)
    checks: Mapping[str, str] = field(default_factory=dict)
    edits: int = 0
    refused: str = ""

    def count(self, outcome: str) -> int:
        """How many checks came out so."""
        return sum(found == outcome for found in self.checks.values())


def outcome_of(verdict: Verdict) -> str:
    """Held, failed, or not told: waived or not."""
    return "held" if verdict.passed else "failed" if verdict.told else "waived" if verdict.waiver else "not told"


def cost_of(place: Path, home: Path) -> Cost:
    """Import, draft, anonymise. A refusal is part of the result."""
    exchanges, ledger = import_captures((place,))
    trace = write_trace(home / "raw", exchanges, RAW, ledger)
    policy = parse_policy(write_policy(suggest_policy(trace)), "drafted")
    try:
        certificate = anonymize_trace(trace, policy, OsKeys().key(), home / "safe").certificate
    except ChecksFailedError as error:
        checks = {verdict.check: outcome_of(verdict) for verdict in error.verdicts}
        return Cost(place.name, trace.count, checks=checks, edits=error.advice.count("->"), refused=str(error))
    groups = {name: int(certificate.ledger.get(name, 0)) for name in GROUPS}
    checks = {verdict.check: outcome_of(verdict) for verdict in certificate.verdicts}
    return Cost(place.name, trace.count, certificate.ledger["leaves"], groups, checks)


def places(folder: Path) -> list[Path]:
    """The captured folders, HAR first."""
    return [*sorted((folder / "har").iterdir()), *sorted((folder / "cassettes").iterdir()), folder / "mitm"]


def costs(folder: Path, notes: list[str]) -> Iterator[Cost]:
    """One capture after the other until the time is up; what was not begun or could not be read is noted."""
    until = time.monotonic() + _LIMIT_S
    for place in places(folder):
        if time.monotonic() > until:
            notes.append(f"{place.name}: not begun, time was up")
            continue
        try:
            with tempfile.TemporaryDirectory(prefix="smartsandbox-policies-") as home:
                yield cost_of(place, Path(home))
        except SandboxError as error:
            notes.append(f"{place.name}: {error}")


def cost_table(found: Sequence[Cost], notes: Sequence[str]) -> Table:
    """Leaves by what became of them, and checks by outcome."""
    columns = ["capture", "exchanges", "leaves", *GROUPS, "held", "waived", "not told", "failed", "edits"]
    table = Table("Drafted policies on captured folders", columns)
    for one in found:
        outcomes = [one.count(name) for name in ("held", "waived", "not told", "failed")]
        numbers = [one.exchanges, one.leaves, *(one.groups.get(name, 0) for name in GROUPS), *outcomes, one.edits]
        table.add(one.name, *map(str, numbers))
        if one.refused:
            table.notes.append(f"{one.name}: {one.refused}")
    table.notes += notes
    return table


def main() -> None:
    """Print the table, then one line of JSON."""
    folder = captures()
    if folder is None:
        sys.exit("no captures: set SMARTSANDBOX_CAPTURES to a folder with har, cassettes and mitm")
    notes: list[str] = []
    found = []
    for one in costs(folder, notes):
        found.append(one)
        print(f"{one.name}: {one.exchanges} exchanges", file=sys.stderr)
    print(cost_table(found, notes).text())
    print(json.dumps({"captures": [{**asdict(one), "groups": dict(one.groups)} for one in found]}))
