"""Compares a live answer with the recorded one: status, headers as a set, body by content.

Fields that must differ on another day or connection are left out of the comparison: see IGNORED_HEADERS.
"""

from __future__ import annotations

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.coding import decode, load_codecs
from smartsandbox.replay_engine.drive.outcomes import Differs, Ending
from smartsandbox.replay_engine.heads import HOP_BY_HOP, OWN_HEADERS, HeaderLines
from smartsandbox.replay_engine.rows import Rows

IGNORED_HEADERS = (
    HOP_BY_HOP
    | OWN_HEADERS
    | {"date", "content-length", "content-encoding", "sec-websocket-accept", "sec-websocket-extensions"}
)

_DECODED = 256 * 1024 * 1024

LiveHeaders = list[tuple[bytes, bytes]]


class Judge:
    """Knows the recorded answers of one pack."""

    def __init__(self, pack: Pack, rows: Rows) -> None:
        load_codecs()
        headers = pack.table("exchanges", ["response_headers"])["response_headers"]
        lines = HeaderLines.build(headers, IGNORED_HEADERS)
        self._rows = rows
        self.lines = HeaderLines(tuple(map(_normal, lines.lines)), lines.codes, lines.starts)
        """The recorded headers that are compared, with names in lower case."""
        self._ignored = frozenset(name.encode() for name in IGNORED_HEADERS)

    def differences(self, row: int, status: int, headers: LiveHeaders, body: bytes) -> Differs:
        """Of a complete answer."""
        rows = self._rows
        if rows.failures[row] >= 0:
            return Differs.ENDING
        found = Differs.NOTHING
        if status != rows.status[row]:
            found |= Differs.STATUS
        live = [lower + b": " + value for name, value in headers if (lower := name.lower()) not in self._ignored]
        if sorted(live) != sorted(self.lines.of(row)):
            found |= Differs.HEADERS
        if self.decoded(headers, body) != rows.answer_body(row):
            found |= Differs.BODY
        return found

    def of_failure(self, row: int, ending: Ending) -> Differs:
        """Of an exchange without a complete answer: nothing differs if the recorded one had none either."""
        return Differs.NOTHING if self._rows.failures[row] >= 0 and ending != Ending.MALFORMED else Differs.ENDING

    def decoded(self, headers: LiveHeaders, body: bytes) -> bytes:
        """A live body with its content coding undone."""
        coding = b", ".join(value for name, value in headers if name.lower() == b"content-encoding")
        return decode(body, coding.decode("latin-1"), _DECODED) if coding else body


def _normal(line: bytes) -> bytes:
    name, _, value = line.partition(b":")
    return name.lower() + b": " + value.strip()
