"""A verdict that says passed against its own numbers does not stand, and no required check can be left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from smartsandbox.packs.bounds import REQUIRED, bound_problems
from smartsandbox.packs.certificate import Verdict
from smartsandbox.packs.testing import hand_made_verdicts

GROUPS = {
    "quasi_identifiers": "city",
    "people_checked": 10,
    "population": 10,
    "suppressed": 0,
    "smallest_group_published": 5,
}
ATTACK = {"attempts": 100, "control_attempts": 90, "risk_high": 0.2}


def verdict(check: str, bounds: dict[str, Any], metrics: dict[str, Any], **more: Any) -> Verdict:
    return Verdict(
        check, "singling out", **{"passed": True, "summary": "", "bounds": bounds, "metrics": metrics} | more
    )


def problems(*verdicts: Verdict, anonymised: bool = False) -> list[str]:
    return list(bound_problems(verdicts, anonymised))


def test_a_certificate_with_all_checks_within_their_bounds_holds() -> None:
    assert problems(*hand_made_verdicts(), anonymised=True) == []


@pytest.mark.parametrize("name", REQUIRED)
def test_each_required_check_is_missed_if_the_trace_is_anonymised(name: str) -> None:
    others = [one for one in hand_made_verdicts() if one.check != name]

    assert problems(*others, anonymised=True) == [f"{name}: an anonymised trace must have this check"]
    assert problems(*others, anonymised=False) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, []),
        ({"smallest_group_published": 4}, ["it says passed, but a group of 4 is smaller than k 5"]),
        ({"smallest_group_published": "5"}, ["it says passed without its smallest_group_published"]),
        ({"smallest_group_published": float("nan")}, ["it says passed without its smallest_group_published"]),
        ({"smallest_group_published": 0}, ["it says passed, but a group of 0 is smaller than k 5"]),
        ({"smallest_group_published": 0, "people_checked": 0}, []),
        ({"suppressed": 1}, []),
        ({"suppressed": 2}, ["it says passed, but 2 of 10 people are suppressed"]),
        ({"population": None}, ["it says passed without its suppressed, population or suppression_limit"]),
    ],
)
def test_groups_are_compared_with_k(changes: dict[str, Any], words: list[str]) -> None:
    judged = verdict("k-anonymity", {"k": 5, "suppression_limit": 0.1}, GROUPS | changes)

    assert problems(judged) == [f"k-anonymity: {line}" for line in words]


def test_without_quasi_identifiers_there_are_no_groups_but_there_is_a_k() -> None:
    assert problems(verdict("k-anonymity", {"k": 5}, {"population": 3})) == []
    assert problems(verdict("k-anonymity", {}, {"population": 3})) == ["k-anonymity: it says passed without a bound k"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, []),
        ({"risk_high": 0.21}, ["it says passed, but risk_high 0.21 is over risk 0.2"]),
        ({"risk_high": None}, ["it says passed without risk_high or without the bound risk"]),
        ({"attempts": 0}, ["it says passed, but attempts is not above 0"]),
        ({"control_attempts": 0}, ["it says passed, but control_attempts is not above 0"]),
    ],
)
def test_an_attack_is_compared_by_the_upper_end_of_its_risk(changes: dict[str, Any], words: list[str]) -> None:
    judged = verdict("attack: known requests", {"risk": 0.2}, ATTACK | changes)

    assert problems(judged) == [f"attack: known requests: {line}" for line in words]


@pytest.mark.parametrize(
    ("check", "bounds", "metrics"),
    [
        ("decisions complete", {"undecided": 0}, {"leaves": 0}),
        ("surrogates one to one", {"collisions": 0, "equal_to_source": 0}, {"collisions": 1, "equal_to_source": 0}),
        ("surrogates one to one", {"collisions": 0, "equal_to_source": 0}, {"collisions": 0, "equal_to_source": 1}),
        ("leak scan", {"hits": 0}, {"hits": 1}),
        ("leak scan", {"hits": 0}, {}),
        ("leak scan", {"hits": 0}, {"hits": True}),
        ("identifying forms", {"hits": 0}, {"hits": 2}),
        ("k^m-anonymity", {"k": 5, "m": 2, "rare": 0}, {"rare": 1, "people": 9}),
        ("l-diversity", {"segment": "3"}, {"groups": 0}),
        ("t-closeness", {"segment": "0.3"}, {}),
    ],
)
def test_a_count_over_its_bound_contradicts_a_pass(check: str, bounds: dict[str, Any], metrics: dict[str, Any]) -> None:
    assert len(problems(verdict(check, bounds, metrics))) == 1
    assert problems(verdict(check, bounds, metrics, passed=False)) == []


def test_an_outcome_that_contradicts_itself_is_named() -> None:
    judged = verdict("leak scan", {"hits": 0}, {"hits": 0})
    waived = replace(judged, waiver="a reason")
    untold = replace(judged, told=False)
    odd = replace(judged, passed="yes")  # type: ignore[arg-type]

    assert problems(waived) == problems(untold) == ["leak scan: it says passed, and that it could not tell"]
    assert problems(odd) == ["leak scan: its outcome is neither yes nor no"]


def test_a_check_that_is_there_twice_is_named() -> None:
    scan = verdict("leak scan", {"hits": 0}, {"hits": 0})

    assert problems(scan, scan) == ["leak scan: it is there twice"]


STATED = {"passed": False, "test_accounts": "our staging tenant"}


@pytest.mark.parametrize(
    ("judged", "statement", "words"),
    [
        (verdict("attack: known requests", {}, {}, **STATED), "our staging tenant", []),
        (verdict("k^m-anonymity", {}, {}, **STATED), "our staging tenant", []),
        (
            verdict("attack: known requests", {}, {}, **STATED),
            "",
            ["it is accepted by a statement about test accounts that the certificate does not make"],
        ),
        *(
            (
                verdict(name, {}, {}, **STATED),
                "our staging tenant",
                ["no statement about test accounts can accept it"],
            )
            for name in ("leak scan", "k-anonymity", "identifying forms", "surrogates one to one", "decisions complete")
        ),
        (
            verdict("attack: known requests", {"risk": 0.2}, ATTACK, test_accounts="our staging tenant"),
            "our staging tenant",
            ["it says passed, and that test accounts need not pass it"],
        ),
    ],
)
def test_a_statement_about_test_accounts_accepts_only_what_looks_for_people(
    judged: Verdict, statement: str, words: list[str]
) -> None:
    found = list(bound_problems([judged], False, statement))

    assert found == [f"{judged.check}: {line}" for line in words]
