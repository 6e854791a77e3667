"""Answers padded to classes of size, so that who saw how much came back finds others that are as large.

JSON allows white space behind a value (RFC 8259), and no client sees it. Other bodies keep their size: there is no
place in them that says nothing.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from smartsandbox.packs.model import Response, header

LEAST = 64
"""Bytes of the smallest class; each further one is twice as large."""


class Sizes(StrEnum):
    """What becomes of the sizes of answers, by its word in the policy."""

    EXACT = "exact"
    """As they come out when values are replaced."""
    CLASSES = "classes"
    """JSON answers are padded to the size of their class."""


def class_of(size: int) -> int:
    """The size of the class: the least power of two that is not smaller, LEAST or more; nothing stays nothing."""
    return 0 if size <= 0 else max(LEAST, 1 << (size - 1).bit_length())


def padded(response: Response) -> Response:
    """The response with as many spaces behind its JSON body as its class asks for."""
    body, media_type = response.body, (header(response.headers, "content-type") or "").partition(";")[0].strip().lower()
    if not (media_type.endswith(("/json", "+json")) and body[:1] in (b"{", b"[") and body[-1:] in (b"}", b"]", b"\n")):
        return response
    return replace(response, body=body.ljust(class_of(len(body)), b" "))
