"""The same measure over traffic that nobody here made: is the made-up service typical?

A captured folder is anonymised under the policy that is drafted for it, as it is: recorded headers, few exchanges of
each of many endpoints, and addresses that are met a few times only.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.table import Table

CAPTURE = "cassettes/okta-sdk-python"
STATEMENT = "accounts of test suites that were recorded with test keys"

Report = dict[str, float]
Job = Callable[[str, Path, Path], Report]
"""Runs a job over a raw trace under a policy, in a process of its own."""


def captured(folder: Path, job: Job) -> Table:
    """The rates of the two passes over CAPTURE in a folder of captures, and Presidio's on a sample of its leaves."""
    with tempfile.TemporaryDirectory() as home:
        raw, policy = drafted(folder / CAPTURE, Path(home))
        return table_of(job("anonymise", raw, policy), job("presidio", raw, policy))


def drafted(capture: Path, home: Path) -> tuple[Path, Path]:
    """A captured folder as a raw trace, and the policy that is drafted for it, both in `home`."""
    from smartsandbox.anonymize.careful import careful_draft
    from smartsandbox.packs.capture.imports import import_captures
    from smartsandbox.packs.trace import RAW, write_trace

    exchanges, ledger = import_captures([capture], None)
    trace, policy = write_trace(home / "raw", exchanges, RAW, ledger), home / "policy.yaml"
    policy.write_text(careful_draft(trace, test_accounts=STATEMENT).text, encoding="utf-8")
    return trace.path, policy


def table_of(run: Report, peer: Report) -> Table:
    """The two passes, and what Presidio makes of the same leaves."""
    table = Table(f"anonymise {CAPTURE}", ("exchanges", "values", "CPU s", "values/CPU s", "to Presidio"))
    ours, theirs = run["values"] / run["seconds_passes"], peer["values"] / peer["seconds"]
    table.add(f"{run['exchanges']:,.0f}", f"{run['values']:,.0f}", f"{run['seconds_passes']:,.1f}", f"{ours:,.0f}",
              f"{ours / theirs:,.1f}")  # fmt: skip
    table.add("Presidio", f"{peer['values']:,.0f}", f"{peer['seconds']:,.1f}", f"{theirs:,.0f}", "1")
    table.notes.append("two passes with writing, under the drafted policy; not in the JSON line")
    return table
