"""From a row of the pack to the bytes of its answer, and the plan that sends them.

Head and body are cut out of the prepared image. Only bodies that go out in a content coding are made here, and kept
while they fit in a bounded cache, which is emptied when it is full.
"""

from __future__ import annotations

import struct

from smartsandbox.replay_engine.coding import chosen, encode, load_codecs
from smartsandbox.replay_engine.plan import AT_ONCE, Plan, Recorded, Scaled, plan_for
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.marks import EVENTS, VARIES
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.prepared import Prepared
from smartsandbox.replay_engine.serve.ready import CODED, PLACE, UNUSUAL, coded_head

_CHOICES = 256
_PLACE = struct.Struct(PLACE)


class Payloads:
    """The answers of one pack."""

    def __init__(self, prepared: Prepared, options: ServeOptions) -> None:
        load_codecs()
        ready = prepared.ready
        self._rows, self._options = prepared.rows, options
        self._places, self._heads, self._bodies, self._coding = ready.places, ready.heads, ready.bodies, ready.coding
        self._hold_us = options.limits.hold_seconds * 1_000_000
        self._instant = options.latency == Scaled(0.0)
        self._choices: dict[tuple[bytes | None, str], str] = {}
        self._cache: dict[tuple[int, str], bytes] = {}
        self._cached_bytes = 0

    def answer(self, row: int, accept: bytes | None) -> Answer:
        """The recorded answer of a row, in its recorded content coding if `accept` (Accept-Encoding) takes that."""
        head_at, body_at, body_size, head_size, kind = _PLACE.unpack_from(self._places, row * _PLACE.size)
        head, body = self._heads[head_at : head_at + head_size], self._bodies[body_at : body_at + body_size]
        if not kind:
            return Answer(AT_ONCE if self._instant else self._plan(row), head, body)
        coding, whole = self._coding.name(row) if kind & CODED else None, False
        if coding is not None:
            sent = "" if kind & EVENTS else self._choice(accept, coding)  # what is coded cannot go event by event
            whole = sent != coding
            if sent:
                body = self._coded(row, body, sent)
                head = coded_head(head, sent, len(body), short=kind & UNUSUAL != 0)
        varies = row if kind & EVENTS or (kind & VARIES and not whole) else -1
        return Answer(self._plan(row), head, body, final=kind & UNUSUAL != 0, varies=varies)

    def _choice(self, accept: bytes | None, coding: str) -> str:
        """The coding to send, looked up where the same was asked before."""
        found = self._choices.get((accept, coding))
        if found is None:
            if len(self._choices) >= _CHOICES:
                self._choices.clear()
            found = chosen(accept.decode("latin-1") if accept is not None else None, coding)
            self._choices[accept, coding] = found
        return found

    def _plan(self, row: int) -> Plan:
        rows = self._rows
        recorded = Recorded(rows.status[row], rows.ttfb_us[row], rows.total_us[row], rows.failure(row))
        return plan_for(recorded, self._options.latency, self._hold_us)

    def _coded(self, row: int, body: bytes, coding: str) -> bytes:
        found = self._cache.get((row, coding))
        return found if found is not None else self._keep((row, coding), encode(body, coding))

    def _keep(self, name: tuple[int, str], coded: bytes) -> bytes:
        size = len(coded) + 100
        if size > self._options.cache_bytes // 4:
            return coded
        if self._cached_bytes + size > self._options.cache_bytes:
            self._cache.clear()
            self._cached_bytes = 0
        self._cache[name] = coded
        self._cached_bytes += size
        return coded
