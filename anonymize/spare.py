"""Which exchanges a run leaves out, because too few people share what their endpoints show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import compress

import numpy as np

from smartsandbox.anonymize.collect import Collected, collect
from smartsandbox.anonymize.kanon.cuts import within_limit
from smartsandbox.anonymize.kanon.footprints import Mask
from smartsandbox.anonymize.policy import Policy
from smartsandbox.packs.model import Exchange

Read = Callable[[], Iterable[Exchange]]


@dataclass(frozen=True, slots=True)
class Spared:
    """`kept` has an entry for each exchange in trace order; `reasons` count the others."""

    kept: Mask
    reasons: Mapping[str, int] = field(default_factory=dict)

    def of(self, exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
        """Those that are published, of all exchanges in trace order."""
        return compress(exchanges, self.kept)


def spare(read: Read, policy: Policy, found: Collected) -> tuple[Spared, Collected]:
    """Cut until nothing rare is left, and say again what the kept exchanges hold, as if there had been no others.

    Sensitive values stay those of all exchanges, so that one which stood in a cut exchange is found in kept texts. Who
    speaks in a session may change with what is cut, so the cutting is repeated until it finds nothing. Raises
    NotSafeError over the suppression limit.
    """
    kept = np.ones(found.exchanges, np.bool_)
    reasons: Counter[str] = Counter()
    while True:
        course = found.course.course(found.subjects.speaker_of)
        spent = (~kept).sum() / max(1, len(kept))
        cut = within_limit(course, policy.k, policy.m, policy.suppression_limit - spent)
        if not cut.count:
            return Spared(kept, dict(reasons)), found
        kept[kept] = cut.kept
        reasons.update(cut.reasons)
        again = collect(compress(read(), kept), policy)
        again.values = found.values
        found = again
