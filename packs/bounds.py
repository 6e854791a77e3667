"""Whether a certificate's verdicts agree with their own numbers, and whether all checks are there that one must have.

A verdict says "passed" beside the bound that was set and the number that was found. A reader need not believe the
word: the rules here compare the numbers again. A check that failed, or could not tell, claims nothing to compare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Protocol, TypeGuard

ATTACK = "attack: "
"""What the name of a check begins with that is an attack."""

ATTACKS = (
    "singling out by one attribute",
    "singling out by attributes",
    "linkability of attributes",
    "inference of an attribute",
    "known requests",
    "inter-arrival fingerprint",
    "response-size fingerprint",
    "membership by rare endpoints",
    "cross-release intersection",
)

REQUIRED = (
    "decisions complete",
    "k-anonymity",
    "k^m-anonymity",
    "numbers in bands",
    "surrogates one to one",
    "identifying forms",
    "leak scan",
    *(ATTACK + name for name in ATTACKS),
)
"""The checks that every certificate of an anonymised trace must have, in its order."""

ASKED_FOR = ("l-diversity", "t-closeness")
"""Further checks, where the policy asks for them."""

FINDS_PEOPLE = ("k^m-anonymity",)
"""Further checks, beside the attacks, that only ask whether a person can be found or learnt about."""

Numbers = Mapping[str, Any]
Rule = Callable[[Numbers, Numbers], str | None]
"""(bounds, metrics) to what is wrong, or None."""


class Judged(Protocol):
    """What is compared of a verdict."""

    @property
    def check(self) -> str: ...

    @property
    def passed(self) -> object: ...

    @property
    def told(self) -> object: ...

    @property
    def waiver(self) -> str: ...

    @property
    def test_accounts(self) -> str: ...

    @property
    def bounds(self) -> dict[str, Any]: ...

    @property
    def metrics(self) -> dict[str, Any]: ...


def finds_people(check: str) -> bool:
    """True of a check that has nobody to find where only test accounts were captured: an attack, or k^m-anonymity.

    What keeps real values, groups and forms safe is none of them, and holds for every capture.
    """
    return check.startswith(ATTACK) or check in FINDS_PEOPLE


def bound_problems(verdicts: Iterable[Judged], anonymised: bool, test_accounts: str = "") -> Iterator[str]:
    """What does not fit, one line each with the check's name; nothing for a certificate that holds.

    `test_accounts` is the certificate's own statement that nobody real was captured, "" for none.
    """
    judged = tuple(verdicts)
    names = [verdict.check for verdict in judged]
    yield from (f"{name}: it is there twice" for name in sorted({name for name in names if names.count(name) > 1}))
    if anonymised:
        yield from (f"{name}: an anonymised trace must have this check" for name in REQUIRED if name not in names)
    for verdict in judged:
        yield from (f"{verdict.check}: {words}" for words in (*_problems(verdict), *_stated(verdict, test_accounts)))


def _problems(verdict: Judged) -> Iterator[str]:
    if not (isinstance(verdict.passed, bool) and isinstance(verdict.told, bool)):
        yield "its outcome is neither yes nor no"
    elif verdict.passed and (verdict.waiver or not verdict.told):
        yield "it says passed, and that it could not tell"
    elif verdict.passed:
        found = (rule(verdict.bounds, verdict.metrics) for rule in _rules(verdict.check))
        yield from (words for words in found if words)


def _stated(verdict: Judged, test_accounts: str) -> Iterator[str]:
    if not verdict.test_accounts:
        return
    if verdict.passed:
        yield "it says passed, and that test accounts need not pass it"
    if not finds_people(verdict.check):
        yield "no statement about test accounts can accept it"
    if verdict.test_accounts != test_accounts:
        yield "it is accepted by a statement about test accounts that the certificate does not make"


def _rules(check: str) -> tuple[Rule, ...]:
    return ATTACK_RULES if check.startswith(ATTACK) else RULES.get(check, ())


def at_most(metric: str, bound: str = "") -> Rule:
    """The metric is a number at or under the bound, of the same name where none is given."""
    bound = bound or metric

    def rule(bounds: Numbers, metrics: Numbers) -> str | None:
        found, limit = metrics.get(metric), bounds.get(bound)
        if not _number(found) or not _number(limit):
            return f"it says passed without {metric} or without the bound {bound}"
        return None if found <= limit else f"it says passed, but {metric} {found:g} is over {bound} {limit:g}"

    return rule


def some(metric: str) -> Rule:
    """The metric is a number above 0: a check that tried nothing shows nothing."""

    def rule(bounds: Numbers, metrics: Numbers) -> str | None:
        found = metrics.get(metric)
        return None if _number(found) and found > 0 else f"it says passed, but {metric} is not above 0"

    return rule


def _groups_of_k(bounds: Numbers, metrics: Numbers) -> str | None:
    """Every published group holds k people. There is none without quasi-identifiers, and where all are suppressed."""
    k, found = bounds.get("k"), metrics.get("smallest_group_published")
    if not _number(k) or k < 1:
        return "it says passed without a bound k"
    if "quasi_identifiers" not in metrics or metrics.get("people_checked") == 0:
        return None
    if found == 0 and metrics.get("suppressed") == metrics.get("population"):
        return None
    if not _number(found):
        return "it says passed without its smallest_group_published"
    return None if found >= k else f"it says passed, but a group of {found:g} is smaller than k {k:g}"


def _suppressed_within(bounds: Numbers, metrics: Numbers) -> str | None:
    if "quasi_identifiers" not in metrics:
        return None
    hidden, people, limit = metrics.get("suppressed"), metrics.get("population"), bounds.get("suppression_limit")
    if not (_number(hidden) and _number(people) and _number(limit)):
        return "it says passed without its suppressed, population or suppression_limit"
    return None if hidden <= limit * people else f"it says passed, but {hidden:g} of {people:g} people are suppressed"


def _bands_of_k(bounds: Numbers, metrics: Numbers) -> str | None:
    """Every band is shared by k people; there is none (0) where no number is published in bands."""
    k, found = bounds.get("k"), metrics.get("smallest_band")
    if not _number(k) or not _number(found):
        return "it says passed without its smallest_band or without a bound k"
    return None if found == 0 or found >= k else f"it says passed, but a band of {found:g} is smaller than k {k:g}"


def _number(value: object) -> TypeGuard[float]:
    """NaN is no number here: it is neither within a bound nor over it."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


RULES: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        "decisions complete": (some("leaves"),),
        "k-anonymity": (_groups_of_k, _suppressed_within),
        "surrogates one to one": (at_most("collisions"), at_most("equal_to_source")),
        "numbers in bands": (_bands_of_k,),
        "k^m-anonymity": (at_most("rare"), some("people")),
        "leak scan": (at_most("hits"),),
        "identifying forms": (at_most("hits"),),
        "l-diversity": (some("groups"),),
        "t-closeness": (some("groups"),),
    }
)
"""By the check's name. A check that is not named here is believed; a new check brings its row."""

ATTACK_RULES: tuple[Rule, ...] = (some("attempts"), some("control_attempts"), at_most("risk_high", "risk"))
