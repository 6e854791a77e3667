"""Fingerprints in time: who saw when a person sent `known` + 1 requests in a row looks for the same pauses.

Only pauses are used, never the hour, so moving a whole capture or a whole session does not hide anybody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smartsandbox.anonymize.attacks.base import AttackResult, Sample
from smartsandbox.anonymize.attacks.fingerprint import Fingerprint
from smartsandbox.anonymize.attacks.known_requests import DEFAULT_KNOWN
from smartsandbox.anonymize.attacks.profiles import gaps_us
from smartsandbox.anonymize.attacks.reidentify import MOST_ATTEMPTS


@dataclass(frozen=True, slots=True)
class Interarrival:
    """`known` pauses of a target are known to the microsecond."""

    known: int = DEFAULT_KNOWN
    most: int = MOST_ATTEMPTS

    def run(self, original: Sample, published: Sample, control: Sample, rng: np.random.Generator) -> AttackResult:
        """Claims the session with the most similar run of pauses."""
        return Fingerprint(gaps_us, self.known, self.most).run(original, published, control, rng)
