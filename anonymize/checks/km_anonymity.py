"""k^m-anonymity, counted again on the rewritten trace: who knows m endpoints that a person visited finds k people."""

from __future__ import annotations

import numpy as np

from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.kanon.footprints import SEQUENCE, people_in, rare_sets, rare_steps
from smartsandbox.packs.certificate import Verdict

NAME = "k^m-anonymity"
_CRITERION = "singling out"
_NAMED = 10


def km_anonymity(evidence: Evidence) -> Verdict:
    """Passes if every combination of up to m endpoints, and every step if m is 2 or more, is shared by k people.

    A person is the one who speaks in a session, or the session itself where nobody is known. Does not tell if the
    policy asks for no m.
    """
    k, m = evidence.policy.k, evidence.policy.m
    if not m:
        return Verdict(
            NAME, _CRITERION, False, "not asked for: the policy says m: 0, so a rare endpoint may single somebody out",
            {"k": k, "m": m}, {}, told=False,
        )  # fmt: skip
    course = evidence.walk.walked.course
    everything = np.ones(course.count, np.bool_)
    combinations = rare_sets(course, everything, k, m)
    sequences = rare_steps(course, everything, k) if m >= SEQUENCE else {}
    findings = [f"{' + '.join(one.items)}: {one.support} people" for one in combinations]
    findings += [f"{before} then {after}: {people} people" for (before, after), people in sorted(sequences.items())]
    people = people_in(course, everything)
    return Verdict(
        check=NAME,
        criterion=_CRITERION,
        passed=not findings,
        summary=f"{len(findings)} combinations or steps of endpoints are shared by fewer than {k} people"
        if findings
        else f"every combination of up to {m} endpoints{' and every step' * (m >= SEQUENCE)} of {people} people is"
        f" shared by {k} or more",
        bounds={"k": k, "m": m, "rare": 0},
        metrics={
            "rare": len(findings),
            "people": people,
            "endpoints": len(course.endpoints),
            "exchanges": course.count,
        },
        findings=tuple(findings[:_NAMED]),
    )
