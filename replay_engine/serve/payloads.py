"""From a row of the pack to the bytes of its answer: status line, headers, coded body, and the plan that sends them.

Answers are made when first asked for and kept while they fit in a bounded cache, which is emptied when it is full.
"""

from __future__ import annotations

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.coding import accepted, encode, known, load_codecs
from smartsandbox.replay_engine.heads import HOP_BY_HOP, OWN_HEADERS, HeaderLines, values_of, wire_text
from smartsandbox.replay_engine.plan import Recorded, plan_for
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.answer import BANNER, Answer
from smartsandbox.replay_engine.serve.options import ServeOptions

_SEPARATE = frozenset({"content-length", "content-encoding"})


class Payloads:
    """The answers of one pack."""

    def __init__(self, pack: Pack, rows: Rows, options: ServeOptions) -> None:
        load_codecs()
        headers = pack.table("exchanges", ["response_headers"])["response_headers"]
        self._rows, self._options = rows, options
        self._lines = HeaderLines.build(headers, HOP_BY_HOP | OWN_HEADERS | _SEPARATE)
        self._codings = values_of(headers, "content-encoding")
        self._lengths = values_of(headers, "content-length")
        self._hold_us = options.limits.hold_seconds * 1_000_000
        self._cache: dict[int, Answer] = {}
        self._cached_bytes = 0

    def answer(self, row: int, accept: bytes | None) -> Answer:
        """The recorded answer of a row, in its recorded content coding if `accept` (Accept-Encoding) takes that."""
        coding = self._codings.get(row)
        coded = coding is not None and accepted(accept.decode("latin-1") if accept else None, coding)
        name = row * 2 + coded
        found = self._cache.get(name)
        return found if found is not None else self._keep(name, self._make(row, coding, coded))

    def _keep(self, name: int, made: Answer) -> Answer:
        size = len(made.head) + len(made.body) + len(made.whole) + 200
        if size > self._options.cache_bytes // 4:
            return made
        if self._cached_bytes + size > self._options.cache_bytes:
            self._cache.clear()
            self._cached_bytes = 0
        self._cache[name] = made
        self._cached_bytes += size
        return made

    def _make(self, row: int, coding: str | None, coded: bool) -> Answer:
        rows = self._rows
        recorded = Recorded(rows.status[row], rows.ttfb_us[row], rows.total_us[row], rows.failure(row))
        plan = plan_for(recorded, self._options.latency, self._hold_us)
        if recorded.status < 0:
            return Answer(plan, b"", b"", final=True)
        body, coding = self._coded(row, coding, coded)
        lines = [self._status_line(row), *self._lines.of(row)]
        if coding:
            lines.append(b"Content-Encoding: %s\r\n" % wire_text(coding))
        lines.append(self._length_line(row, recorded, len(body)))
        lines.append(b"X-Sandbox-Exchange: %s\r\n" % rows.id[row])
        final = recorded.failure is not None or recorded.status < 200
        return Answer(plan, b"".join((*lines, BANNER, b"\r\n")), body, final=final)

    def _status_line(self, row: int) -> bytes:
        reason = self._rows.reason[row].translate(None, b"\r\n")
        return b"HTTP/1.1 %d %s\r\n" % (self._rows.status[row], reason)

    def _coded(self, row: int, coding: str | None, coded: bool) -> tuple[bytes, str | None]:
        """The body as it goes on the wire, and the coding to declare for it."""
        body = self._rows.answer_body(row)
        if coding is None or not body or not known(coding):
            return body, coding
        if not coded:
            return body, None
        return encode(body, coding), coding

    def _length_line(self, row: int, recorded: Recorded, size: int) -> bytes:
        """The length of what is sent; for HEAD and 304, which describe a body they do not send, the recorded one."""
        if recorded.failure is not None:
            declared = self._lengths.get(row, "")
            size = max(size + 1, int(declared) if declared.isdecimal() and len(declared) < 16 else 0)
        elif recorded.status < 200 or recorded.status in (204, 304) or self._rows.method.name(row) == "HEAD":
            length = self._lengths.get(row, "")
            describes = length.isdecimal() and recorded.status >= 200 and recorded.status != 204
            return b"Content-Length: %s\r\n" % length.encode() if describes else b""
        return b"Content-Length: %d\r\n" % size
