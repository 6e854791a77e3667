"""From a row of the pack to the bytes of its request, as the recorded client sent it, addressed to the target."""

from __future__ import annotations

import re

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.coding import encode, known
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.heads import HOP_BY_HOP, OWN_HEADERS, HeaderLines, values_of, wire_text
from smartsandbox.replay_engine.rows import Rows

_SEPARATE = frozenset({"content-length", "content-encoding", "host", "expect"})
_UNSAFE = re.compile(rb"[^\x21-\x7e]")
_WITH_LENGTH = frozenset({"POST", "PUT", "PATCH"})


class Messages:
    """The requests of one pack for one target; `run` names the run to a pack's server, which keeps its state apart."""

    def __init__(self, pack: Pack, rows: Rows, target: Target, run: str) -> None:
        headers = pack.table("exchanges", ["request_headers"])["request_headers"]
        self._rows, self._prefix = rows, target.prefix.encode()
        self._lines = HeaderLines.build(headers, HOP_BY_HOP | OWN_HEADERS | _SEPARATE)
        self._codings = values_of(headers, "content-encoding")
        self._start = b" HTTP/1.1\r\nHost: %s\r\nX-Sandbox-Run: %s\r\n" % (wire_text(target.authority), wire_text(run))
        self._sessions = [b"X-Sandbox-Session: %s\r\n" % wire_text(name) for name in rows.session.names]
        several = len(rows.host.names) > 1
        self._hosts = [b"X-Sandbox-Host: %s\r\n" % wire_text(name) if several else b"" for name in rows.host.names]
        self._methods = [wire_text(name) for name in rows.method.names]

    def of(self, row: int) -> bytes:
        """The whole request, head and body."""
        rows = self._rows
        method = self._methods[rows.method.codes[row]]
        body = rows.body(rows.request_body[row])
        parts = [method, b" ", self._target(row), self._start, *self._lines.of(row)]
        session = rows.session.codes[row]
        if session >= 0:
            parts.append(self._sessions[session])
        parts.append(self._hosts[rows.host.codes[row]])
        if body or rows.method.name(row) in _WITH_LENGTH:
            body = self._coded(row, body, parts)
            parts.append(b"Content-Length: %d\r\n" % len(body))
        parts += (b"\r\n", body)
        return b"".join(parts)

    def _target(self, row: int) -> bytes:
        path, query = self._rows.path[row], self._rows.query[row]
        whole = b"%s%s?%s" % (self._prefix, path, query) if query else self._prefix + path
        return _UNSAFE.sub(lambda octet: b"%%%02X" % octet[0][0], whole)

    def _coded(self, row: int, body: bytes, parts: list[bytes]) -> bytes:
        """The body in its recorded content coding, which is declared in `parts`."""
        coding = self._codings.get(row)
        if coding is None:
            return body
        parts.append(b"Content-Encoding: %s\r\n" % wire_text(coding))
        return encode(body, coding) if body and known(coding) else body
