"""Surrogates are one to one: equal values stay equal, different ones different, and none equals a source value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b

import numpy as np

from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.surrogates.base import fold
from smartsandbox.anonymize.timeline.column import BLOCK, Column, Ints
from smartsandbox.packs.certificate import Verdict

_PARTS = 16


def one_to_one(evidence: Evidence) -> Verdict:
    """Passes without a collision inside a domain and without a surrogate that is a sensitive value of the source."""
    digests, true_by_accident = Column(), 0
    for domain, folded in _folded(evidence.surrogates):
        digests.append(_digest(domain, folded))
        true_by_accident += folded in evidence.needles
    collisions = _collisions(evidence.surrogates, _repeated(digests))
    different = len(digests) - collisions
    return Verdict(
        check="surrogates one to one",
        criterion="linkability",
        passed=not collisions and not true_by_accident,
        summary=f"{different} surrogates, {collisions} collisions, {true_by_accident} equal to a source value",
        bounds={"collisions": 0, "equal_to_source": 0},
        metrics={"surrogates": different, "collisions": collisions, "equal_to_source": true_by_accident},
    )


def _folded(surrogates: Mapping[tuple[str, str], str]) -> Iterator[tuple[str, str]]:
    return ((domain, fold(made)) for (domain, _), made in surrogates.items())


def _digest(domain: str, folded: str) -> int:
    text = f"{domain}\x00{folded}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big", signed=True)


def _repeated(digests: Column) -> frozenset[int]:
    """Digests that stand more than once: those of surrogates that collide, and whatever else has one by chance."""
    numbers = digests.array()
    return frozenset(number for part in range(_PARTS) for number in _repeated_in(numbers, part, digests))


def _repeated_in(numbers: Ints, part: int, digests: Column) -> list[int]:
    """The same of one part of them, for the digests of a long capture take much room when they are sorted at once."""
    mine = [np.zeros(0, np.int64)]
    for start in range(0, len(numbers), BLOCK):
        block = numbers[start : start + BLOCK]
        mine.append(block[block % _PARTS == part])
        digests.release()
    found = np.sort(np.concatenate(mine))
    again: list[int] = found[1:][found[1:] == found[:-1]].tolist()
    return again


def _collisions(surrogates: Mapping[tuple[str, str], str], repeated: frozenset[int]) -> int:
    """How many surrogates stand in their domain already; exact, as those with a digest of their own are passed over."""
    if not repeated:
        return 0
    suspects = [one for one in _folded(surrogates) if _digest(*one) in repeated]
    return len(suspects) - len(set(suspects))
