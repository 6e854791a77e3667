"""Which bound is the stricter one, worked by hand."""

from __future__ import annotations

import pytest

from smartsandbox.packs.certificate import Certificate, Verdict
from smartsandbox.packs.requirements import Requirement, unmet


@pytest.mark.parametrize(
    ("text", "bound", "met"),
    [
        ("k=10", 10, True),
        ("k=10", 9, False),
        ("k=10", 100, True),
        ("risk=0.2", 0.2, True),
        ("risk=0.2", 0.21, False),
        ("risk=0.2", 0.1, True),
        ("t=0.3", 0.4, False),
    ],
)
def test_a_bound_meets_a_looser_requirement(text: str, bound: float, met: bool) -> None:
    assert Requirement.parse(text).is_met_by(bound) == met


def judged(check: str, bounds: dict[str, object], passed: bool = True) -> Certificate:
    verdict = Verdict(check, "inference", passed, "", bounds, {})
    return Certificate("c", "p", True, "k", (verdict,), {})


@pytest.mark.parametrize(
    ("check", "bounds", "wanted", "problem"),
    [
        ("l-diversity", {"segment": "distinct 3", "status": "entropy 2.5"}, "l=2", None),
        ("l-diversity", {"segment": "distinct 3", "status": "entropy 1.8"}, "l=2", "judged at status entropy 1.8"),
        ("l-diversity", {"balance": "recursive 3 2"}, "l=2", None),
        ("l-diversity", {"balance": "recursive 3 2"}, "l=3", "judged at balance recursive 3 2"),
        ("t-closeness", {"segment": "equal 0.3", "balance": "ordered 0.2"}, "t=0.3", None),
        ("t-closeness", {"segment": "equal 0.3"}, "t=0.2", "judged at segment equal 0.3"),
        ("t-closeness", {"segment": "equal 0.3"}, "l=2", "no check of the certificate has a bound l"),
        ("l-diversity", {"l": "distinct 5", "t": "distinct 4"}, "t=9", "no check of the certificate has a bound t"),
        ("k-anonymity", {"k": 5}, "k=5", None),
    ],
)
def test_an_attribute_is_bounded_by_the_last_number_of_its_form(
    check: str, bounds: dict[str, object], wanted: str, problem: str | None
) -> None:
    found = unmet(judged(check, bounds), Requirement.parse(wanted))
    assert found is None if problem is None else found is not None and found.endswith(problem)


def test_a_check_that_did_not_pass_meets_nothing() -> None:
    failed = judged("l-diversity", {"segment": "distinct 3"}, passed=False)
    assert "did not pass" in str(unmet(failed, Requirement.parse("l=2")))
