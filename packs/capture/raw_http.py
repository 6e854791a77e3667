"""An HTTP/1 message as it stood on the wire: start line, header lines and body, with transfer coding undone."""

from __future__ import annotations

from dataclasses import dataclass

from smartsandbox.packs.capture.header_lines import clean_text, header_lines
from smartsandbox.packs.codings import decode_body
from smartsandbox.packs.errors import UnreadableError
from smartsandbox.packs.model import Headers, header

CUT_SHORT = "the body is shorter than its headers say"
BAD_CHUNKS = "chunked body that cannot be read: kept as recorded"


@dataclass(frozen=True, slots=True)
class RawMessage:
    """`first` is the start line; `whole` is False where the body ends before its headers say it does."""

    first: str
    headers: Headers
    body: bytes
    whole: bool


def read_message(data: bytes, notes: list[str]) -> RawMessage:
    """The message that stands in `data`, and nothing else does. Raises UnreadableError if it has no start line."""
    head, separator, rest = data.partition(b"\r\n\r\n")
    if not separator:
        head, _, rest = data.partition(b"\n\n")
    first, *lines = head.replace(b"\r\n", b"\n").split(b"\n")
    if len(first.split(b" ")) < 2:
        raise UnreadableError("message", "it has no HTTP start line")
    pairs = [line.partition(b":") for line in lines if b":" in line]
    headers = header_lines([(name.strip(), value.strip()) for name, _, value in pairs], notes)
    body, whole = _body(rest, headers, notes)
    return RawMessage(clean_text(first), headers, decode_body(body, headers, notes) if whole else body, whole)


def _body(rest: bytes, headers: Headers, notes: list[str]) -> tuple[bytes, bool]:
    if "chunked" in (header(headers, "transfer-encoding") or "").lower():
        return _unchunked(rest, notes)
    length = header(headers, "content-length") or ""
    if length.isdecimal() and len(length) < 16:
        wanted = int(length)
        return rest[:wanted], len(rest) >= wanted
    return rest, True


def _unchunked(rest: bytes, notes: list[str]) -> tuple[bytes, bool]:
    pieces: list[bytes] = []
    at = 0
    while True:
        end = rest.find(b"\r\n", at)
        if end < 0:
            return b"".join(pieces), False
        try:
            size = int(rest[at:end].partition(b";")[0].strip() or b"x", 16)
        except ValueError:
            notes.append(BAD_CHUNKS)
            return rest, True
        if size == 0:
            return b"".join(pieces), True
        pieces.append(rest[end + 2 : end + 2 + size])
        if len(pieces[-1]) < size:
            return b"".join(pieces), False
        at = end + 2 + size + 2
