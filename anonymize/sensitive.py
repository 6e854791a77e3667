"""Sensitive attributes: what must not be inferred of a person from the group that they are published in.

A policy names each with the places where it stands and the bounds that every group must keep: l-diversity, t-closeness
or both. The places keep their own decisions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from smartsandbox.anonymize.criteria.base import Criterion
from smartsandbox.anonymize.criteria.distinct_l_diversity import DistinctLDiversity
from smartsandbox.anonymize.criteria.entropy_l_diversity import EntropyLDiversity
from smartsandbox.anonymize.criteria.equal_distance_t_closeness import EqualDistanceTCloseness
from smartsandbox.anonymize.criteria.ordered_distance_t_closeness import OrderedDistanceTCloseness
from smartsandbox.anonymize.criteria.recursive_cl_diversity import RecursiveCLDiversity
from smartsandbox.anonymize.kinds import AttributeKind
from smartsandbox.anonymize.leaves import Address
from smartsandbox.packs.errors import UsageError


@dataclass(frozen=True, slots=True)
class Form:
    """One way to bound an attribute: how many numbers it takes, what they are called, and what it makes of them."""

    numbers: tuple[str, ...]
    make: Callable[..., Criterion]


def _whole(number: float) -> int:
    if number != int(number):
        raise ValueError(f"{number:g} is not whole: l counts values")
    return int(number)


DIVERSITIES: Mapping[str, Form] = MappingProxyType(
    {
        "distinct": Form(("l",), lambda name, l: DistinctLDiversity(name, _whole(l))),  # noqa: E741
        "entropy": Form(("l",), EntropyLDiversity),
        "recursive": Form(("c", "l"), lambda name, c, l: RecursiveCLDiversity(name, c, _whole(l))),  # noqa: E741
    }
)
"""The forms of l-diversity by the word that a policy uses."""

CLOSENESSES: Mapping[str, Form] = MappingProxyType(
    {"equal": Form(("t",), EqualDistanceTCloseness), "ordered": Form(("t",), OrderedDistanceTCloseness)}
)
"""The forms of t-closeness by the distance."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A form and its numbers, written "distinct 2" or "recursive 3 2"."""

    form: str
    numbers: tuple[float, ...]

    @staticmethod
    def parse(text: str, forms: Mapping[str, Form]) -> Bound:
        """Read a bound. Raises ValueError with what is wrong, be it the form, the count of numbers or their range."""
        word, *rest = text.split() or [""]
        if word not in forms:
            usage = " or ".join(" ".join((name, *map(str.upper, form.numbers))) for name, form in forms.items())
            raise ValueError(f"{word!r} is no form of it; write {usage}")
        if len(rest) != len(forms[word].numbers):
            raise ValueError(f"{word!r} takes {' and '.join(forms[word].numbers)}, in that order")
        try:
            bound = Bound(word, tuple(map(float, rest)))
            bound.criterion("", forms)
        except (ValueError, OverflowError, UsageError) as error:
            raise ValueError(str(error)) from None
        return bound

    def criterion(self, attribute: str, forms: Mapping[str, Form]) -> Criterion:
        """The criterion that bounds the attribute."""
        return forms[self.form].make(attribute, *self.numbers)

    def __str__(self) -> str:
        return " ".join((self.form, *(f"{number:g}" for number in self.numbers)))


@dataclass(frozen=True, slots=True)
class Sensitive:
    """How the values are ordered, where they stand, and the bounds asked for; at least one of `l` and `t` is given."""

    kind: AttributeKind
    at: frozenset[Address]
    l: Bound | None = None  # noqa: E741 - the criterion's own name
    t: Bound | None = None

    def to_json(self) -> dict[str, object]:
        """Everything that a digest covers; addresses in order."""
        places = [[address.endpoint, address.location, list(address.pointer)] for address in sorted(self.at)]
        return {"kind": str(self.kind), "at": places, "l": str(self.l or ""), "t": str(self.t or "")}
