"""What of an answer a request gets: a part, nothing new, or the events after one, where the recording shows such.

The recording goes first: where the recorded request had the field too, the recorded answer to it is the answer. Only
a request with a field that the recorded one had not is answered by the rules of HTTP.
"""

from __future__ import annotations

from collections.abc import Callable

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.plan import AT_ONCE
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.conditions import has_condition, holds_already, not_modified
from smartsandbox.replay_engine.serve.event_stream import KIND, after, spread
from smartsandbox.replay_engine.serve.head import remade, value_of
from smartsandbox.replay_engine.serve.marks import revalidated
from smartsandbox.replay_engine.serve.ranges import ranged
from smartsandbox.replay_engine.serve.recorded_fields import RecordedFields
from smartsandbox.replay_engine.serve.request import LiveRequest

_REMEMBERED = 65_536


class Representations:
    """Of one pack. `siblings` gives the rows that share a row's key, in pack order."""

    def __init__(self, pack: Pack, rows: Rows, siblings: Callable[[int], list[int]]) -> None:
        self._rows, self._siblings = rows, siblings
        self._revalidated = revalidated(rows)
        self._recorded = RecordedFields(pack.folder)
        self._whole: dict[int, int] = {}

    def full(self, row: int, request: LiveRequest) -> int:
        """The row to answer with: another than a recorded 304 for a request that has nothing to compare with."""
        if self._rows.status[row] != 304 or has_condition(request.fields):
            return row
        found = self._whole.get(row)
        if found is None:
            if len(self._whole) >= _REMEMBERED:
                self._whole.clear()
            found = self._whole[row] = self._stood_for(row)
        return found

    def _stood_for(self, row: int) -> int:
        """The row of the answer that a 304 stood for: the last one before it, else the first one, else itself."""
        if not self._had(row, "if-none-match", "if-modified-since"):
            return row
        whole = [other for other in self._siblings(row) if self._rows.status[other] == 200]
        return max((other for other in whole if other < row), default=min(whole, default=row))

    def fit(self, answer: Answer, request: LiveRequest) -> Answer:
        """The answer of a row, whose number it bears, as the request wants it."""
        row = answer.varies
        if not answer.head.startswith(b"HTTP/1.1 200 ") or request.method not in ("GET", "HEAD"):
            return answer
        fields = request.fields
        if (value_of(answer.head, b"content-type") or b"").lower().startswith(KIND):
            return self._events(answer, row, fields.get(b"last-event-id"))
        if has_condition(fields) and self._rows.endpoint.codes[row] in self._revalidated:
            new = not self._had(row, "if-none-match", "if-modified-since")
            if new and holds_already(answer.head, fields):
                return not_modified(answer)
        wanted = fields.get(b"range")
        if wanted is None or request.method != "GET" or value_of(answer.head, b"accept-ranges") != b"bytes":
            return answer
        return answer if self._had(row, "range") else ranged(answer, wanted, fields.get(b"if-range"))

    def _events(self, answer: Answer, row: int, last_id: bytes | None) -> Answer:
        """A stream goes out event by event, after the event that the client names as its last."""
        start = None
        if last_id and not self._had(row, "last-event-id"):
            start = after(answer.body, last_id)
        if start is not None and start == len(answer.body):
            head = remade(answer.head, b"204 No Content", lambda name: not name.startswith(b"content-"))
            return Answer(answer.plan, head, b"", final=answer.final)  # which tells the client to ask no more
        if start is not None:
            length = b"Content-Length: %d" % (len(answer.body) - start + answer.final)  # more than a cut one has
            head = remade(answer.head, b"200 OK", lambda name: name != b"content-length", length)
            answer = Answer(answer.plan, head, answer.body[start:], final=answer.final)
        return answer if answer.plan is AT_ONCE else answer.planned(spread(answer.plan, answer.body))

    def _had(self, row: int, *names: str) -> bool:
        return self._recorded.has(row, *names)
