"""An answer of the pack as it is told to a request that is not the recorded one: its label, and the echo in it."""

from __future__ import annotations

import re

from smartsandbox.replay_engine.matching.echo import Echo
from smartsandbox.replay_engine.serve.answer import MATCH, Answer

_LENGTH = re.compile(rb"\r\nContent-Length: \d+\r\n")
_EXACT = MATCH % b"exact"


def told(answer: Answer, echo: Echo, match: str) -> Answer:
    """`answer` must stand without content coding where the echo is to change its body. One that breaks off, or that
    has no head, is told as it is."""
    if not answer.head:
        return answer
    head = answer.head.replace(_EXACT, MATCH % match.encode(), 1)
    body = answer.body
    if echo and not answer.final and b"\r\nContent-Encoding:" not in head:
        body = echo.body(body)
        head = b"\r\n".join(_line(line, echo) for line in head.split(b"\r\n"))
        if body != answer.body:
            head = _LENGTH.sub(b"\r\nContent-Length: %d\r\n" % len(body), head, count=1)
    varies = answer.varies if body is answer.body else -1
    return Answer(answer.plan, head, body, final=answer.final, varies=varies)


def _line(line: bytes, echo: Echo) -> bytes:
    return line if line.startswith(b"X-Sandbox") else echo.header(line)
