"""Times in answers follow the session's clock.

Dates of things move by one whole offset for all answers of a session: the weeks (or days) from the end of the recording
to the session's time when its clock was set, and those that have passed on it since. So order, weekdays and the date of
one thing in several answers hold, and what was past when recorded is past now. The times of an answer itself, which are
its Date and the lives of its tokens, move by exactly the time between its recording and the session's now.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.heads import values_of
from smartsandbox.replay_engine.json_spans import Span, spans
from smartsandbox.replay_engine.moments import DAY, SECOND, Moment, http_date, moment
from smartsandbox.replay_engine.plan import Plan, Wait
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.rewriting.aliases import Aliases
from smartsandbox.replay_engine.serve.rewriting.edits import Edits
from smartsandbox.replay_engine.serve.rewriting.requests import leaf_moment, written
from smartsandbox.replay_engine.serve.rewriting.tokens import LOOKS, moved_token
from smartsandbox.replay_engine.virtual_time import VirtualTime

NEAR = 10 * 366 * DAY
"""Dates further than this from the recording belong to something else and stay, and so do dates of birth."""

_SAMPLE = 400
_KNOWN_BODIES = 20_000


class Shift(NamedTuple):
    """How far times move in one answer: dates of things, and the times of the answer itself."""

    whole: int
    exact: int


class BodyTimes(NamedTuple):
    """The places of one body that hold dates, tokens, and lives in seconds; found once."""

    dates: tuple[tuple[Span, Moment], ...]
    tokens: tuple[tuple[Span, str], ...]
    lives: tuple[tuple[Span, int], ...]


class ClockEdits:
    """Moves the times of one pack's answers."""

    def __init__(self, pack: Pack, rows: Rows, unit_us: int, aliases: Aliases) -> None:
        self._pack, self._rows, self._unit, self._aliases = pack, rows, unit_us, aliases
        self._dates: dict[int, str] | None = None
        self._start: int | None = None
        self._bodies: dict[int, BodyTimes] = {}

    @property
    def start(self) -> int:
        """When the recording began: what Date headers say, or else the latest dates of its answers."""
        if self._start is None:
            headers = self._pack.table("exchanges", ["response_headers"])["response_headers"]
            self._dates = values_of(headers, "date")
            self._start = _median(self._by_dates(self._dates)) or _median(self._by_bodies()) or 0
        return self._start

    def _by_dates(self, dates: dict[int, str]) -> list[int]:
        stride = max(1, len(dates) // _SAMPLE)
        found = ((row, moment(dates[row])) for row in list(dates)[::stride])
        return [at.us - int(self._rows.offset_us[row]) for row, at in found if at]

    def _by_bodies(self) -> list[int]:
        starts = []
        for row in range(0, len(self._rows), max(1, len(self._rows) // _SAMPLE)):
            times = [at.us for _, at in self.times(row).dates if not at.expiry]
            starts += [max(times) - int(self._rows.offset_us[row])] if times else []
        return starts

    def shift(self, clock: VirtualTime, row: int, real_us: int) -> Shift:
        """How far the times of a row's answer move when it is `real_us` outside."""
        now = clock.now(real_us)
        return Shift(self.whole(clock, now), (now - self.recorded_at(row)) // SECOND * SECOND)

    def whole(self, clock: VirtualTime, now_us: int) -> int:
        """The offset of dates of things at the session's time `now_us`."""
        end = self.start + (int(self._rows.offset_us[-1]) if len(self._rows) else 0)
        unit = self._unit
        return ((clock.virtual_us - end) // unit + (now_us - clock.virtual_us) // unit) * unit

    def recorded_at(self, row: int) -> int:
        """When a row's answer was recorded."""
        start = self.start
        said = moment((self._dates or {}).get(row, ""))
        return said.us if said else start + int(self._rows.offset_us[row])

    def near(self, at: Moment) -> bool:
        """True for a date that can have to do with the recording."""
        return abs(at.us - self.start) < NEAR

    def edit(self, edits: Edits, row: int, clock: VirtualTime, real_us: int) -> None:
        """Move the times of a row's answer."""
        shift = self.shift(clock, row, real_us)
        body = self._rows.answer_body(row)
        times = self.times(row)
        for place, text in self.moved(body, times, shift, clock.rate).items():
            edits.value(place, text)
        for place, token in times.tokens:
            issued = moved_token(token, shift.exact)
            if issued is not None:
                self._aliases.issue_token(token, issued)
                edits.value(place, b'"%s"' % issued.encode())
        self._edit_headers(edits, shift, clock, real_us)

    def moved(self, body: bytes, times: BodyTimes, shift: Shift, rate: float) -> dict[Span, bytes]:
        """The dates and lives of a JSON text as they stand on a clock that runs at `rate`."""
        changes = {
            (start, end): written(at.shifted(shift.exact if at.expiry else shift.whole), body[start:end])
            for (start, end), at in times.dates
            if self.near(at)
        }
        lives = times.lives if rate not in (0, 1) else ()
        return changes | {place: b"%d" % _hurried(seconds, rate) for place, seconds in lives}

    def _edit_headers(self, edits: Edits, shift: Shift, clock: VirtualTime, real_us: int) -> None:
        def by(offset: int) -> Callable[[bytes], bytes]:
            def change(value: bytes) -> bytes:
                at = moment(value.decode("latin-1"))
                return at.shifted(offset).encode() if at and self.near(at) else value

            return change

        def later(value: bytes) -> bytes:
            return b"%d" % _hurried(int(value), clock.rate) if value.isdigit() and len(value) < 10 else expires(value)

        def cookie(value: bytes) -> bytes:
            parts = value.split(b";")
            return b";".join(
                part[: part.index(b"=") + 1] + expires(part.partition(b"=")[2])
                if part.strip()[:8].lower() == b"expires="
                else part
                for part in parts
            )

        expires = by(shift.exact)
        edits.header(b"date", lambda _: http_date(clock.now(real_us)).encode())
        edits.header(b"last-modified", by(shift.whole))
        edits.header(b"expires", expires)
        edits.header(b"retry-after", later)
        edits.header(b"set-cookie", cookie)

    def times(self, row: int) -> BodyTimes:
        """The times in a row's body, found at its first use."""
        place = self._rows.response_body[row]
        found = self._bodies.get(place)
        if found is None:
            if len(self._bodies) >= _KNOWN_BODIES:
                self._bodies.clear()
            found = self._bodies[place] = times_in(self._rows.answer_body(row))
        return found


def times_in(body: bytes) -> BodyTimes:
    """The places of a JSON text; none for any other."""
    dates, tokens, lives = [], [], []
    for pointer, (start, end) in spans(body).items():
        raw = body[start:end]
        at = leaf_moment(raw, pointer)
        if at is not None:
            dates.append(((start, end), at))
        elif raw[:3] == b'"ey' and LOOKS.fullmatch(raw[1:-1].decode("latin-1")):
            tokens.append(((start, end), raw[1:-1].decode()))
        elif pointer.endswith("expires_in") and raw.isdigit():
            lives.append(((start, end), int(raw)))
    return BodyTimes(tuple(dates), tuple(tokens), tuple(lives))


def _median(values: list[int]) -> int | None:
    return sorted(values)[len(values) // 2] if values else None


def _hurried(seconds: int, rate: float) -> int:
    """A wait in the time outside: at least a second where there was one."""
    return math.ceil(seconds / rate) if rate > 0 else seconds


def hurried(plan: Plan, rate: float) -> Plan:
    """A plan whose waits pass on a clock that runs `rate` times as fast; a frozen clock leaves them as they are."""
    if rate in (0, 1):
        return plan
    return tuple(Wait(int(step.until_us / rate)) if isinstance(step, Wait) else step for step in plan)
