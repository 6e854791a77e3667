"""`corrupt`: bytes that no text has, at drawn places of the body, whose length stays: no JSON parser takes it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from smartsandbox.replay_engine.draws import Draw
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.faults.base import Kind, Outgoing, no_value

_EVERY = 64
_MOST = 64


@dataclass(frozen=True, slots=True)
class Corrupt:
    """One byte in 64, at least one and at most 64 in all; an empty body stays empty."""

    def apply(self, outgoing: Outgoing, draw: Draw) -> tuple[Outgoing, str]:
        """See faults.base."""
        answer = outgoing.answer
        body = bytearray(answer.body)
        spoilt = min(_MOST, -(-len(body) // _EVERY))
        for number in range(spoilt):
            at = int(draw.uniform(f"corrupt {number}") * len(body))
            body[at] = 0xFF if body[at] != 0xFF else 0xFE
        broken = Answer(answer.plan, answer.head, bytes(body), final=answer.final, varies=answer.varies)
        return replace(outgoing, answer=broken), f"{spoilt} bytes"


def _make(value: str) -> Corrupt:
    no_value(value)
    return Corrupt()


KIND = Kind("corrupt", _make)
