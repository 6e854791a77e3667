"""What drafted policies cost on real captures, and what the checks say: `python -m bench policies`.

Every captured folder is imported, a policy is drafted, and the trace is anonymised under it with a fresh key. The
column "edits" says what a human would have to write before it goes through: 0 where the draft does, "test_accounts"
where it takes the statement that nobody real was captured, which is true of these recordings of test suites.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from bench.table import Table
from bench.traces import captures
from smartsandbox.anonymize.apply import anonymize_trace
from smartsandbox.anonymize.careful import STRICTER, careful_draft
from smartsandbox.anonymize.errors import ChecksFailedError
from smartsandbox.anonymize.keys import OsKeys
from smartsandbox.anonymize.policy_file import parse_policy
from smartsandbox.packs.capture.imports import import_captures
from smartsandbox.packs.certificate import Certificate, Verdict
from smartsandbox.packs.errors import SandboxError
from smartsandbox.packs.trace import RAW, write_trace

GROUPS = ("kept", "surrogated", "banded", "generalised", "retimed", "dropped")
STATEMENT = "accounts of test suites that were recorded with test keys"
_OUTCOMES = ("held", "waived", "test only", "not told", "failed")
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
    stricter: int = 0
    """Drafted decisions that were made stricter because an attack found people by them."""
    edits: str = "0"
    refused: str = ""

    def count(self, outcome: str) -> int:
        """How many checks came out so."""
        return sum(found == outcome for found in self.checks.values())


def outcome_of(verdict: Verdict) -> str:
    """Held, failed, or not told: waived or not; "test only" if a statement about test accounts accepts it."""
    return {"passed": "held", "waived": "waived", "test-accounts": "test only"}.get(
        verdict.outcome, "failed" if verdict.told else "not told"
    )


def cost_of(place: Path, home: Path) -> Cost:
    """Import, draft, anonymise. A refusal is part of the result."""
    exchanges, ledger = import_captures((place,))
    trace = write_trace(home / "raw", exchanges, RAW, ledger)
    draft = careful_draft(trace)
    policy = parse_policy(draft.text, "drafted")
    found = replace(Cost(place.name, trace.count), stricter=sum(STRICTER in note for note in draft.notes.values()))
    edits = {"0": policy, "test_accounts": replace(policy, test_accounts=STATEMENT)}
    for edit, edited in edits.items():
        try:
            certificate = anonymize_trace(trace, edited, OsKeys().key(), home / "safe").certificate
        except ChecksFailedError as error:
            checks = {verdict.check: outcome_of(verdict) for verdict in error.verdicts}
            found = replace(found, checks=checks, edits="refused", refused=str(error))
        else:
            return _passed(found, certificate, edit)
    return found


def _passed(found: Cost, certificate: Certificate, edits: str) -> Cost:
    groups = {name: int(certificate.ledger.get(name, 0)) for name in GROUPS}
    checks = {verdict.check: outcome_of(verdict) for verdict in certificate.verdicts}
    return replace(found, leaves=certificate.ledger["leaves"], groups=groups, checks=checks, edits=edits, refused="")


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
    columns = ["capture", "exchanges", "leaves", *GROUPS, "stricter", *_OUTCOMES, "edits"]
    table = Table("Drafted policies on captured folders", columns)
    for one in found:
        outcomes = [one.count(name) for name in _OUTCOMES]
        numbers = [one.exchanges, one.leaves, *(one.groups.get(name, 0) for name in GROUPS), one.stricter, *outcomes]
        table.add(one.name, *map(str, numbers), one.edits)
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
