"""Fingerprints in size: who saw how much `known` answers in a row held, as any network on the way can, looks for the
same sizes. Each message on a WebSocket counts as one more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smartsandbox.anonymize.attacks.base import AttackResult, Sample
from smartsandbox.anonymize.attacks.fingerprint import Fingerprint
from smartsandbox.anonymize.attacks.known_requests import DEFAULT_KNOWN
from smartsandbox.anonymize.attacks.profiles import sizes
from smartsandbox.anonymize.attacks.reidentify import MOST_ATTEMPTS
from smartsandbox.anonymize.attacks.sessions import Session
from smartsandbox.anonymize.size_classes import EXACT, class_of


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of `known` consecutive answers of a target are known to the byte."""

    known: int = DEFAULT_KNOWN
    most: int = MOST_ATTEMPTS
    least: int = EXACT
    """The smallest class of size of the publication. That it is in classes is no secret: who knows it compares classes,
    if that finds more.
    """

    def run(self, original: Sample, published: Sample, control: Sample, rng: np.random.Generator) -> AttackResult:
        """Claims the session with the most similar run of sizes. Sessions without any answer are not attacked."""
        found = Fingerprint(sizes, self.known, self.most).run(original, published, control, rng)
        if self.least == EXACT:
            return found
        by_class = Fingerprint(self._classes, self.known, self.most).run(original, published, control, rng)
        return max(found, by_class, key=lambda one: (one.risk.high, one.risk.value))

    def _classes(self, session: Session) -> Sequence[float]:
        return [float(class_of(size, self.least)) for size in session.sizes]
