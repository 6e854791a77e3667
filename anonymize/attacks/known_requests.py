"""Known requests: who knows m requests of a person, each an endpoint and a time, looks for a session that has them all.

This is how a few dated ratings named Netflix subscribers (Narayanan and Shmatikov 2008). Sessions that fit by the hour
are preferred; if there are none, those that fit by the time between the requests are taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.attacks.base import AttackResult, Sample
from smartsandbox.anonymize.attacks.reidentify import MOST_ATTEMPTS, Rows, reidentify
from smartsandbox.anonymize.attacks.sessions import Session

DEFAULT_KNOWN = 3
DEFAULT_DELTA_US = 1_000_000

_SPAN_US = 1 << 41
"""Room for one session on the common line, about 25 days; a longer one is cut there."""


class KnownSearch:
    """All published requests on one line: session after session, each from its own beginning."""

    def __init__(self, published: tuple[Session, ...], known: int, delta_us: int) -> None:
        self._known, self._delta = known, delta_us
        self._origin = np.array([session.starts_us[0] for session in published], dtype=np.int64)
        places: dict[str, list[int]] = {}
        for at, session in enumerate(published):
            for start, endpoint in zip(session.starts_us, session.endpoints, strict=True):
                since = min(start - session.starts_us[0], _SPAN_US - 1)
                places.setdefault(endpoint, []).append(2 * at * _SPAN_US + since)
        self._lines = {endpoint: np.sort(np.array(one, dtype=np.int64)) for endpoint, one in places.items()}

    def suits(self, target: Session) -> bool:
        return target.length >= self._known

    def candidates(self, target: Session, hidden: Rows, rng: np.random.Generator) -> Rows:
        return self.fitting(target, self.drawn(target, rng), hidden)

    def drawn(self, target: Session, rng: np.random.Generator) -> Rows:
        """The places of the requests that are known of a target."""
        return np.sort(rng.choice(target.length, self._known, replace=False))

    def fitting(self, target: Session, seen: Rows, hidden: Rows) -> Rows:
        """The published sessions that have them all, but for those hidden."""
        first, *others = ((target.endpoints[at], target.starts_us[at]) for at in seen)
        anchors = self._lines.get(first[0], np.zeros(0, np.int64))
        for endpoint, start in others:
            anchors = anchors[self._near(endpoint, anchors + (start - first[1]))]
        if len(hidden):
            anchors = anchors[~np.isin(anchors // (2 * _SPAN_US), hidden)]
        sessions = anchors // (2 * _SPAN_US)
        on_time = np.abs(self._origin[sessions] + anchors % (2 * _SPAN_US) - first[1]) <= self._delta
        return np.unique(sessions[on_time] if on_time.any() else sessions)

    def _near(self, endpoint: str, wanted: NDArray[np.int64]) -> NDArray[np.bool_]:
        line = self._lines.get(endpoint, np.zeros(0, np.int64))
        low = np.searchsorted(line, wanted - self._delta, "left")
        return np.asarray(low < np.searchsorted(line, wanted + self._delta, "right"))


@dataclass(frozen=True, slots=True)
class KnownRequests:
    """`known` requests of a target, drawn at random, each known to within `delta_us` microseconds."""

    known: int = DEFAULT_KNOWN
    delta_us: int = DEFAULT_DELTA_US
    most: int = MOST_ATTEMPTS

    def run(self, original: Sample, published: Sample, control: Sample, rng: np.random.Generator) -> AttackResult:
        """One attempt a session that has at least `known` requests."""
        if not published.sessions:
            return AttackResult(())
        search = KnownSearch(published.sessions, self.known, self.delta_us)
        return reidentify(search, original, published, control, rng, self.most)
