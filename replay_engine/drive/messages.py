"""From a row of the pack to the bytes of its request, as the recorded client sent it, addressed to the target."""

from __future__ import annotations

import re

import numpy as np

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.arrays import Arena
from smartsandbox.replay_engine.coding import encode, known
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.heads import HOP_BY_HOP, OWN_HEADERS, HeaderLines, values_of, wire_text
from smartsandbox.replay_engine.rows import Rows

_SEPARATE = frozenset({"content-length", "content-encoding", "host", "expect"})
_UNSAFE = re.compile(rb"[^\x21-\x7e]")
_WITH_LENGTH = frozenset({"POST", "PUT", "PATCH"})
_REMEMBERED = 4096


class Messages:
    """The requests of one pack for one target; `run` names the run to a pack's server, which keeps its state apart.

    A loop's later rounds are numbered from 1. Their sessions, and the run itself, have names of their own.
    """

    def __init__(self, pack: Pack, rows: Rows, target: Target, run: str) -> None:
        headers = pack.table("exchanges", ["request_headers"])["request_headers"]
        self._rows, self._run = rows, run
        self._authority = wire_text(target.authority)
        self._lines = HeaderLines.build(headers, HOP_BY_HOP | OWN_HEADERS | _SEPARATE)
        self._codings = values_of(headers, "content-encoding")
        self._sessions = [b"X-Sandbox-Session: %s" % wire_text(name) for name in rows.session.names]
        several = len(rows.host.names) > 1
        self._hosts = [b"X-Sandbox-Host: %s\r\n" % wire_text(name) if several else b"" for name in rows.host.names]
        self._methods = [wire_text(name) + b" " + _quoted(target.prefix.encode()) for name in rows.method.names]
        self._lengthy = [name in _WITH_LENGTH for name in rows.method.names]
        self._clean = _is_clean(rows.path) and _is_clean(rows.query)
        self._joined: dict[bytes, bytes] = {}
        self._starts: dict[int, bytes] = {}

    def of(self, row: int, turn: int = 0) -> bytes:
        """The whole request, head and body, in a round of the loop."""
        rows = self._rows
        method, session, place = rows.method.codes[row], rows.session.codes[row], rows.request_body[row]
        start = self._starts.get(turn) or self._start(turn)
        parts = [self._methods[method], self._target(row), start, self._fixed(row)]
        if session >= 0:
            parts.append(self._sessions[session])
            parts.append(b".%d\r\n" % (turn + 1) if turn else b"\r\n")
        parts.append(self._hosts[rows.host.codes[row]])
        if place < 0 and not self._lengthy[method]:
            parts.append(b"\r\n")
            return b"".join(parts)
        body = self._coded(row, rows.body(place), parts)
        parts += (b"Content-Length: %d\r\n\r\n" % len(body), body)
        return b"".join(parts)

    def _start(self, turn: int) -> bytes:
        """From the target to the run's name."""
        run = wire_text(f"{self._run}.{turn + 1}" if turn else self._run)
        found = self._starts[turn] = b" HTTP/1.1\r\nHost: %s\r\nX-Sandbox-Run: %s\r\n" % (self._authority, run)
        return found

    def _fixed(self, row: int) -> bytes:
        """The recorded header lines; rows share most of them."""
        starts = self._lines.starts
        codes = self._lines.codes[starts[row] : starts[row + 1]].tobytes()
        found = self._joined.get(codes)
        if found is None:
            if len(self._joined) >= _REMEMBERED:
                self._joined.clear()
            found = self._joined[codes] = b"".join(self._lines.of(row))
        return found

    def _target(self, row: int) -> bytes:
        path, query = self._rows.path[row], self._rows.query[row]
        whole = b"%s?%s" % (path, query) if query else path
        return whole if self._clean else _quoted(whole)

    def _coded(self, row: int, body: bytes, parts: list[bytes]) -> bytes:
        """The body in its recorded content coding, which is declared in `parts`."""
        coding = self._codings.get(row)
        if coding is None:
            return body
        parts.append(b"Content-Encoding: %s\r\n" % wire_text(coding))
        return encode(body, coding) if body and known(coding) else body


def _quoted(target: bytes) -> bytes:
    """Octets that no request line may hold, percent-encoded."""
    return _UNSAFE.sub(lambda octet: b"%%%02X" % octet[0][0], target)


def _is_clean(texts: Arena) -> bool:
    """True if nothing in it needs quoting."""
    octets = np.frombuffer(texts.data, np.uint8)
    return not len(octets) or bool(octets.min() >= 0x21 and octets.max() <= 0x7E)
