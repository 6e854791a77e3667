"""The privacy boundary's own refusals, each with what the caller needs to act."""

from __future__ import annotations

from smartsandbox.anonymize.leaves import Address
from smartsandbox.packs.bounds import finds_people
from smartsandbox.packs.certificate import Verdict
from smartsandbox.packs.errors import NotSafeError

NOBODY_REAL = "if nobody real stands in this capture, say it in the policy: test_accounts: REASON"
LEAK_SCAN = "leak scan"
"""The check whose findings name a place, a colon and a count."""


class UndecidedError(NotSafeError):
    """Leaves without a decision, or requests without an endpoint. `diff` is the YAML to add to the policy."""

    def __init__(self, missing: tuple[Address, ...], unmatched: int, diff: str) -> None:
        self.missing, self.unmatched, self.diff = missing, unmatched, diff
        parts = []
        if missing:
            words = "1 leaf has" if len(missing) == 1 else f"{len(missing)} leaves have"
            parts.append(f"{words} no decision (first: {missing[0]})")
        if unmatched:
            parts.append(f"{unmatched} requests match no endpoint of the policy")
        super().__init__(
            f"{' and '.join(parts)}: nothing was published; review the lines proposed and accept them (--accept)"
        )


class ChecksFailedError(NotSafeError):
    """Checks on the rewritten trace did not pass; it was deleted. `advice` are lines for the policy's reviewer."""

    def __init__(self, verdicts: tuple[Verdict, ...], advice: str = "") -> None:
        self.verdicts, self.advice = verdicts, advice
        failed = [verdict for verdict in verdicts if not verdict.accepted]
        parts = [f"{one.check}: {one.summary.partition(';')[0]}" for one in failed]
        if all(finds_people(one.check) for one in failed):
            parts.append(NOBODY_REAL)
        parts += [_at(one.findings[0]) for one in failed if one.check == LEAK_SCAN and one.findings]
        super().__init__("nothing was published: " + "; ".join(parts))


def _at(finding: str) -> str:
    return f"the first at {finding.rpartition(':')[0]}: let the policy replace or drop what it keeps there"
