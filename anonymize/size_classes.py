"""Answers padded to classes of size, so that who saw how much came back finds others that are as large.

Text that a machine reads takes white space behind it and means the same: JSON (RFC 8259), XML and HTML behind the root
element, scripts and style sheets. Other bodies keep their size: there is no place in them that says nothing.
"""

from __future__ import annotations

from dataclasses import replace

from smartsandbox.packs.model import Response, header

EXACT = 0
"""No classes: sizes stay as they come out when values are replaced."""

LEAST = 64
"""Bytes of the smallest class where a policy says `classes` and no more."""

MOST = 1 << 24
"""The largest that a smallest class may be, 16 MiB: every answer is at least as large then."""

_WORDS = {EXACT: "exact", LEAST: "classes"}
_CODE = frozenset(("text/css", "text/javascript", "application/javascript", "application/x-javascript"))
_CLOSED = {b"{": (b"}",), b"[": (b"]",), b"<": (b">",)}


def class_of(size: int, least: int = LEAST) -> int:
    """The size of the class: the least power of two that is not smaller, `least` or more; nothing stays nothing.

    `least` is a power of two.
    """
    return 0 if size <= 0 else max(least, 1 << (size - 1).bit_length())


def sizes_of_text(text: str) -> int:
    """Read what a policy says of sizes: the smallest class, in bytes; EXACT for none. Raises ValueError."""
    for least, word in _WORDS.items():
        if text == word:
            return least
    found = int(text) if text.isdecimal() and len(text) < len(str(10 * MOST)) else 0
    if found < LEAST or found > MOST or found & (found - 1):
        raise ValueError(f"write exact, classes, or the bytes of the smallest class, a power of two, {LEAST} to {MOST}")
    return found


def text_of_sizes(least: int) -> str:
    """The same as a policy writes it."""
    return _WORDS.get(least, str(least))


def padded(response: Response, least: int = LEAST) -> Response:
    """The response with as many spaces behind its body as its class asks for; the same one if it takes none."""
    body = response.body
    room = class_of(len(body), least) - len(body) if is_padded(response) else 0
    return replace(response, body=body + b" " * room) if room else response


def is_padded(response: Response) -> bool:
    """True if white space behind the body changes nothing for who reads it."""
    body = response.body
    media_type = (header(response.headers, "content-type") or "").partition(";")[0].strip().lower()
    if media_type in _CODE:
        return bool(body)
    is_json = media_type.endswith(("/json", "+json")) and body[:1] in (b"{", b"[")
    is_markup = (media_type.endswith(("/xml", "+xml", "/html")) and body[:1] == b"<") or body[:2] == b"<?"
    return (is_json or is_markup) and b"\x00" not in body[:4] and body.rstrip()[-1:] in _CLOSED[body[:1]]
