"""What a fault is: a change of one answer's bytes or course, decided by seeded draws."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from smartsandbox.replay_engine.course import Course
from smartsandbox.replay_engine.draws import Draw
from smartsandbox.replay_engine.serve.answer import Answer

_UNITS_US = {"us": 1.0, "ms": 1e3, "s": 1e6, "m": 60e6}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(us|ms|s|m)")
LONGEST_US = 600_000_000


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An answer's bytes, and the course that they take; `answer.plan` no longer counts."""

    answer: Answer
    course: Course


class Fault(Protocol):
    """One kind of fault with its settings."""

    def apply(self, outgoing: Outgoing, draw: Draw) -> tuple[Outgoing, str]:
        """The answer with the fault, and what was done, in a word for a header and the journal."""
        ...


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault: `make` reads its value ("" for none) and raises ValueError with what it takes instead."""

    name: str
    make: Callable[[str], Fault]


def duration_us(text: str) -> int:
    """Microseconds of 250us, 300ms, 1.5s or 2m, at most ten minutes. Raises ValueError."""
    match = _DURATION.fullmatch(text)
    micros = int(float(match[1]) * _UNITS_US[match[2]]) if match else -1
    if not 0 <= micros <= LONGEST_US:
        raise ValueError("takes a duration up to 10m, such as 300ms or 1.5s")
    return micros


def no_value(text: str) -> None:
    """Raises ValueError if there is one."""
    if text:
        raise ValueError("takes a chance such as 2%, and no other value")
