"""A bound that a reader insists on: the certificate must have held at it or at a stricter one."""

from __future__ import annotations

import math
from dataclasses import dataclass

from smartsandbox.packs.certificate import Certificate, Verdict
from smartsandbox.packs.errors import UsageError

LEAST = ("k", "l", "m")
"""Bounds that are stricter the larger they are."""
MOST = ("risk", "t", "suppression_limit")
"""Bounds that are stricter the smaller they are."""
BY_ATTRIBUTE = {"l-diversity": "l", "t-closeness": "t"}
"""Checks that have a bound for each sensitive attribute, as "entropy 1.8" or "recursive 3 2": its last number is l (so
many different values at least, in every form of it) or t.
"""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A bound by its name, one of LEAST or MOST, and its number."""

    name: str
    number: float

    @staticmethod
    def parse(text: str) -> Requirement:
        """From "k=10". Raises UsageError."""
        name, _, number = text.partition("=")
        if name not in (*LEAST, *MOST):
            raise UsageError(f"--require {text!r}: give one of {', '.join((*LEAST, *MOST))} with a number, as in k=10")
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise UsageError(f"--require {text!r}: {number!r} is no number; write it as in {name}=10")
        return Requirement(name, value)

    def is_met_by(self, bound: float) -> bool:
        """True if that bound is as strict or stricter."""
        return bound >= self.number if self.name in LEAST else bound <= self.number

    def __str__(self) -> str:
        return f"{self.name} {'at least' if self.name in LEAST else 'at most'} {self.number:g}"


def unmet(certificate: Certificate, wanted: Requirement) -> str | None:
    """What keeps a certificate from meeting a requirement; None if it does.

    Every check that names the bound must have passed at it; a check that was waived meets nothing.
    """
    judged = [(verdict, bounds) for verdict in certificate.verdicts if (bounds := _bounds(verdict, wanted.name))]
    if not judged:
        return f"required {wanted}, but no check of the certificate has a bound {wanted.name}"
    for verdict, bounds in judged:
        if not verdict.passed:
            return f"required {wanted}, but the check {verdict.check} did not pass"
        for of, bound in bounds.items():
            number = _last_number(bound)
            if number is None or not wanted.is_met_by(number):
                return f"required {wanted}, but the check {verdict.check} was judged at {of} {bound}"
    return None


def _bounds(verdict: Verdict, name: str) -> dict[str, object]:
    """The bounds of a verdict that have a name, by what they bound."""
    if BY_ATTRIBUTE.get(verdict.check) == name:
        return dict(verdict.bounds)
    return {name: verdict.bounds[name]} if name in verdict.bounds and verdict.check not in BY_ATTRIBUTE else {}


def _last_number(bound: object) -> float | None:
    try:
        number = float(str(bound).rpartition(" ")[2])
    except ValueError:
        return None
    return number if math.isfinite(number) else None
