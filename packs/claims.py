"""What a certificate claims, in words: the claim, against whom, and what nobody should read into it. Pure.

The page for a reviewer, the portal and the command line all take their sentences from here, so that they say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from smartsandbox.packs.certificate import FAILED, PASSED, TEST_ACCOUNTS, WAIVED, Certificate, Verdict

CRITERIA = ("singling out", "linkability", "inference")
"""What Opinion 05/2014 (WP216) asks of an anonymisation, one by one."""

ADVERSARY = (
    "Against someone who holds everything that is published: packs, fixture sets, reports, certificates, policies and "
    "this program.",
    "Who knows the API, and facts about people in the capture: names, contacts, attributes, requests that they made.",
    "Not against someone who holds the raw capture, the memory of the run that made this, or that run's machine.",
)

ALWAYS_OPEN = (
    "It is not a legal opinion. It says what was tested and at which bounds; whether that is enough is for a reviewer.",
    "It speaks of one anonymised trace. Several packs of overlapping traffic, read together, were not tested together.",
    "It does not know what others hold: a reader with data from elsewhere was modelled only as far as a check says so.",
    "A signature says who vouches for it, and that nothing changed since. It does not say that its signer is right.",
)


@dataclass(frozen=True, slots=True)
class Claim:
    """The claim of a certificate: how good the news is, a word for it, and a sentence."""

    tone: Literal["good", "warn", "bad"]
    word: str
    sentence: str


def claim_of(certificate: Certificate) -> Claim:
    """What may be said of the data. Bad news goes before good."""
    counts = _counts(certificate)
    if not certificate.passed or certificate.problems():
        return Claim("bad", "Failed", f"{counts} Nothing of this may be used.")
    if not certificate.anonymised:
        return Claim("warn", "Not anonymised", f"Made with a given test key, which can be tried on any value. {counts}")
    if stated := accepted_as_test(certificate):
        attacks = "1 test" if len(stated) == 1 else f"{len(stated)} tests"
        return Claim(
            "warn",
            "Test accounts only",
            f"Not claimed to be anonymous against {attacks}: the policy says test accounts only: "
            f"{certificate.test_accounts.rstrip('.')}. {counts}",
        )
    if any(verdict.outcome == WAIVED for verdict in certificate.verdicts):
        return Claim(
            "warn",
            "Passed, with checks not told",
            f"Anonymous under the tests that could tell, at these bounds. {counts}",
        )
    return Claim("good", "Passed", f"Anonymous under these tests at these bounds. {counts}")


def outcome_words(verdict: Verdict) -> str:
    """An outcome as people read it: a waived check is not called passed."""
    if verdict.outcome == WAIVED:
        return f"not told, accepted by the policy: {verdict.waiver}"
    if verdict.outcome == TEST_ACCOUNTS:
        return f"{_unaccepted(verdict)}, accepted for test accounts: {verdict.test_accounts}"
    return "passed" if verdict.outcome == PASSED else _unaccepted(verdict)


def _unaccepted(verdict: Verdict) -> str:
    return "failed" if verdict.told else "not told"


def waived(certificate: Certificate) -> tuple[Verdict, ...]:
    """The checks that could not tell and that the policy accepts all the same."""
    return tuple(verdict for verdict in certificate.verdicts if verdict.outcome == WAIVED)


def accepted_as_test(certificate: Certificate) -> tuple[Verdict, ...]:
    """The checks that did not hold and that the policy accepts because nobody real was captured, as it states."""
    return tuple(verdict for verdict in certificate.verdicts if verdict.outcome == TEST_ACCOUNTS)


def not_covered(certificate: Certificate) -> list[str]:
    """First what this certificate lacks, then what no certificate covers."""
    test_key = "It was made with a given test key: whoever holds that key can link it back."
    told = " ".join(one.criterion.lower() for one in certificate.verdicts if one.outcome in (PASSED, FAILED))
    untested = [f"No check of this certificate speaks to {name}." for name in CRITERIA if name not in told]
    nobody = "That nobody real was captured is what a person states. No test here could show it."
    stated = [nobody] if accepted_as_test(certificate) else []
    return [*([] if certificate.anonymised else [test_key]), *stated, *untested, *ALWAYS_OPEN]


def _counts(certificate: Certificate) -> str:
    outcomes = [verdict.outcome for verdict in certificate.verdicts]
    held = f"{outcomes.count(PASSED)} of {len(outcomes)} checks held."
    accepted, stated = outcomes.count(WAIVED), outcomes.count(TEST_ACCOUNTS)
    untold = f" {accepted} could not tell, and the policy accepts that." if accepted else ""
    return f"{held}{untold}" + (f" {stated} did not hold, accepted for test accounts only." if stated else "")
