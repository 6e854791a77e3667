"""Surrogates are one to one: equal values stay equal, different ones different, and none equals a source value."""

from __future__ import annotations

from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.spilled import Scratch
from smartsandbox.anonymize.surrogates.base import fold
from smartsandbox.packs.certificate import Verdict


def one_to_one(evidence: Evidence) -> Verdict:
    """Passes without a collision inside a domain and without a surrogate that is a sensitive value of the source."""
    taken = Scratch().dictionary()
    collisions = true_by_accident = 0
    for (domain, _), made in evidence.surrogates.items():
        folded = fold(made)
        place = f"{domain}\x00{folded}"
        is_new = place not in taken
        collisions += not is_new
        true_by_accident += is_new and folded in evidence.needles
        taken[place] = ""
    return Verdict(
        check="surrogates one to one",
        criterion="linkability",
        passed=not collisions and not true_by_accident,
        summary=f"{len(taken)} surrogates, {collisions} collisions, {true_by_accident} equal to a source value",
        bounds={"collisions": 0, "equal_to_source": 0},
        metrics={"surrogates": len(taken), "collisions": collisions, "equal_to_source": true_by_accident},
    )
