"""Every leaf had a decision; this is what closes the door on fields that nobody has looked at."""

from __future__ import annotations

from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.packs.certificate import Verdict


def complete(evidence: Evidence) -> Verdict:
    """Passes if leaves were seen and each was counted under a decision; an undecided leaf stops a run earlier.

    It also says where the policy speaks of people and the capture does not: a field that was renamed looks like that.
    """
    seen = evidence.tally.seen
    return Verdict(
        check="decisions complete",
        criterion="singling out",
        passed=seen > 0,
        summary=f"{seen} leaves, each with a decision of the policy" if seen else "no leaf was seen",
        bounds={"undecided": 0},
        metrics={"leaves": seen, "decisions": len(evidence.policy.decisions), **evidence.tally.groups()},
        findings=evidence.unseen,
    )
