"""Surrogates are one to one: equal values stay equal, different ones different, and none equals a source value."""

from __future__ import annotations

from collections import Counter

from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.surrogates.base import fold
from smartsandbox.packs.certificate import Verdict


def one_to_one(evidence: Evidence) -> Verdict:
    """Passes without a collision inside a domain and without a surrogate that is a sensitive value of the source."""
    taken = Counter((domain, fold(made)) for (domain, _), made in evidence.surrogates.items())
    collisions = sum(count - 1 for count in taken.values() if count > 1)
    true_by_accident = sum(1 for _, made in taken if made in evidence.needles)
    return Verdict(
        check="surrogates one to one",
        criterion="linkability",
        passed=not collisions and not true_by_accident,
        summary=f"{len(taken)} surrogates, {collisions} collisions, {true_by_accident} equal to a source value",
        bounds={"collisions": 0, "equal_to_source": 0},
        metrics={"surrogates": len(taken), "collisions": collisions, "equal_to_source": true_by_accident},
    )
