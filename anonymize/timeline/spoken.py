"""When messages on WebSockets were said: the gaps between them are dealt anew, as pauses between requests are.

A pool is a step of one endpoint, such as from a message of the server to one of the client; where too few people make
it, gaps of about the same length. What is recorded of how fast a service speaks stays, and who spoke so does not show.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.timeline.column import Column
from smartsandbox.anonymize.timeline.course import Course, Ints
from smartsandbox.anonymize.timeline.draws import shuffled_within
from smartsandbox.anonymize.timeline.pauses import pooled
from smartsandbox.packs.model import Exchange

_DIRECTIONS = 3
"""From the client, from the server, and the handshake before the first message."""


class SpokenLog:
    """Takes exchanges in trace order during the first pass; those of plain HTTP leave nothing."""

    def __init__(self) -> None:
        self._gaps, self._steps, self._rows = Column(), Column(), Column()
        self._places: dict[int, tuple[int, int]] = {}
        self._endpoints: dict[str, int] = {}

    def take(self, exchange: Exchange, endpoint: str, row: int) -> None:
        """The exchange of a row of the course."""
        if not exchange.messages:
            return
        self._places[row] = (len(self._gaps), len(exchange.messages))
        number = self._endpoints.setdefault(endpoint, len(self._endpoints))
        before, at_us = _DIRECTIONS - 1, 0
        for message in exchange.messages:
            self._gaps.append(message.at_us - at_us)
            self._steps.append((number * _DIRECTIONS + before) * _DIRECTIONS + message.sent)
            self._rows.append(row)
            before, at_us = int(message.sent), message.at_us

    def dealt(self, course: Course, k: int, key: RunKey) -> Spoken:
        """The gaps, each in the place of another one of its pool."""
        gaps = self._gaps.array()
        pools = pooled(self._steps.array(), gaps, course.holder_of(self._rows.array()), k)
        return Spoken(gaps[shuffled_within(key, "messages", pools)], self._places)


@dataclass(frozen=True, slots=True)
class Spoken:
    """New gaps in trace order, and where those of a row begin and how many they are."""

    gaps_us: Ints
    places: dict[int, tuple[int, int]]

    def offsets(self, row: int) -> list[int]:
        """Microseconds from the handshake's answer to each message of a row; they never decrease."""
        first, count = self.places.get(row, (0, 0))
        return list(accumulate(np.asarray(self.gaps_us[first : first + count]).tolist()))
