"""Parts of a recorded answer for requests with a Range (RFC 9110, 14): one range of bytes, as most clients ask for.

Several ranges, other units and what does not parse are ignored, as the standard lets a server do.
"""

from __future__ import annotations

import re

from smartsandbox.replay_engine.plan import SendBody, SendHead, Wait
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.head import remade, value_of

_ONE = re.compile(rb"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.IGNORECASE)


def part_of(header: bytes, size: int) -> range | None:
    """The bytes that a Range asks for; an empty range if it cannot be satisfied, None if it is ignored."""
    asked = _ONE.fullmatch(header.strip())
    if asked is None or (not asked[1] and not asked[2]):
        return None
    if not asked[1]:
        return range(max(0, size - int(asked[2])), size)
    first = int(asked[1])
    last = int(asked[2]) if asked[2] else size - 1
    if asked[2] and last < first:
        return None
    return range(first, min(last + 1, size)) if first < size else range(0)


def ranged(answer: Answer, header: bytes, if_range: bytes | None) -> Answer:
    """The part of a 200 answer that was asked for, or 416, or the answer itself."""
    parted = any(step != SendBody() and not isinstance(step, Wait | SendHead) for step in answer.plan)
    if parted or (if_range is not None and not _same(answer.head, if_range)):
        return answer
    size = len(answer.body)
    part = part_of(header, size)
    if part is None:
        return answer
    if not part:
        lines = (b"Content-Range: bytes */%d" % size, b"Content-Length: 0")
        head = remade(answer.head, b"416 Range Not Satisfiable", lambda name: not name.startswith(b"content-"), *lines)
        return Answer(answer.plan, head, b"", final=answer.final)
    lines = (b"Content-Range: bytes %d-%d/%d" % (part.start, part.stop - 1, size), b"Content-Length: %d" % len(part))
    head = remade(answer.head, b"206 Partial Content", lambda name: name != b"content-length", *lines)
    return Answer(answer.plan, head, answer.body[part.start : part.stop], final=answer.final)


def _same(head: bytes, validator: bytes) -> bool:
    """If-Range holds: the strong tag, or the very date, that the answer has."""
    if validator.startswith(b'"'):
        return value_of(head, b"etag") == validator
    return not validator.startswith(b"W/") and value_of(head, b"last-modified") == validator
