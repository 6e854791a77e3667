"""The words of a certificate: bad news first, and a waived check is never called passed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smartsandbox.packs.bounds import REQUIRED
from smartsandbox.packs.certificate import Certificate, Verdict
from smartsandbox.packs.claims import ALWAYS_OPEN, accepted_as_test, claim_of, not_covered, outcome_words, waived
from smartsandbox.packs.testing import hand_made_verdicts

ALL = len(REQUIRED)
WAIVED = Verdict("extra", "inference", False, "", {}, {}, told=False, waiver="too few people to try")
FAILED = Verdict("extra", "inference", False, "", {}, {})
STATED = Verdict("attack: extra", "inference", False, "", {}, {}, test_accounts="our staging tenant.")
WRONG = Verdict("attack: x", "inference", True, "", {"risk": 0.2}, {"risk_high": 0.9})


def certificate(*others: Verdict, anonymised: bool = True) -> Certificate:
    return Certificate("c", "p", anonymised, "k", (*hand_made_verdicts(), *others), {})


@pytest.mark.parametrize(
    ("judged", "word", "sentence"),
    [
        (certificate(), "Passed", f"Anonymous under these tests at these bounds. {ALL} of {ALL} checks held."),
        (
            certificate(WAIVED),
            "Passed, with checks not told",
            f"Anonymous under the tests that could tell, at these bounds. {ALL} of {ALL + 1} checks held. "
            "1 could not tell, and the policy accepts that.",
        ),
        (
            certificate(anonymised=False),
            "Not anonymised",
            f"Made with a given test key, which can be tried on any value. {ALL} of {ALL} checks held.",
        ),
        (certificate(FAILED), "Failed", f"{ALL} of {ALL + 1} checks held. Nothing of this may be used."),
        (
            certificate(FAILED, anonymised=False),
            "Failed",
            f"{ALL} of {ALL + 1} checks held. Nothing of this may be used.",
        ),
        (
            replace(certificate(STATED, WAIVED), test_accounts="our staging tenant."),
            "Test accounts only",
            "Not claimed to be anonymous against 1 test: the policy says test accounts only: our staging tenant. "
            f"{ALL} of {ALL + 2} checks held. 1 could not tell, and the policy accepts that. "
            "1 did not hold, accepted for test accounts only.",
        ),
        (
            certificate(STATED),
            "Failed",
            f"{ALL} of {ALL + 1} checks held. 1 did not hold, accepted for test accounts only."
            " Nothing of this may be used.",
        ),
        (certificate(WRONG), "Failed", f"{ALL + 1} of {ALL + 1} checks held. Nothing of this may be used."),
    ],
)
def test_the_claim_tells_the_worst_first(judged: Certificate, word: str, sentence: str) -> None:
    assert (claim_of(judged).word, claim_of(judged).sentence) == (word, sentence)


def test_a_waived_check_is_told_with_its_reason() -> None:
    assert outcome_words(WAIVED) == "not told, accepted by the policy: too few people to try"
    assert [one.check for one in waived(certificate(WAIVED))] == ["extra"]
    untold = Verdict("extra", "inference", False, "", {}, {}, told=False)
    assert [outcome_words(one) for one in (hand_made_verdicts()[0], FAILED, untold)] == ["passed", "failed", "not told"]


def test_a_check_that_is_accepted_for_test_accounts_is_told_with_what_it_found() -> None:
    untold = replace(STATED, told=False)
    assert outcome_words(STATED) == "failed, accepted for test accounts: our staging tenant."
    assert outcome_words(untold) == "not told, accepted for test accounts: our staging tenant."
    stated = replace(certificate(STATED), test_accounts="our staging tenant.")
    assert [one.check for one in accepted_as_test(stated)] == ["attack: extra"]
    assert "what a person states" in not_covered(stated)[0]
    assert "No check of this certificate speaks to inference." in not_covered(stated)


def test_a_criterion_that_no_check_could_tell_of_is_not_covered() -> None:
    open_ones = [f"No check of this certificate speaks to {name}." for name in ("linkability", "inference")]

    assert not_covered(certificate(WAIVED)) == [*open_ones, *ALWAYS_OPEN]
    assert not_covered(certificate(FAILED)) == [open_ones[0], *ALWAYS_OPEN]


def test_a_test_key_is_said_first_of_all() -> None:
    assert "test key" in not_covered(certificate(anonymised=False))[0]
