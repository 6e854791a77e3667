"""What a certificate claims, in words: the claim, against whom, and what nobody should read into it. Pure.

The page for a reviewer, the portal and the command line all take their sentences from here, so that they say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from smartsandbox.packs.certificate import PASSED, WAIVED, Certificate, Verdict

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
    return "passed" if verdict.outcome == PASSED else ("failed" if verdict.told else "not told")


def waived(certificate: Certificate) -> tuple[Verdict, ...]:
    """The checks that could not tell and that the policy accepts all the same."""
    return tuple(verdict for verdict in certificate.verdicts if verdict.outcome == WAIVED)


def not_covered(certificate: Certificate) -> list[str]:
    """First what this certificate lacks, then what no certificate covers."""
    test_key = "It was made with a given test key: whoever holds that key can link it back."
    told = " ".join(one.criterion.lower() for one in certificate.verdicts if one.outcome != WAIVED)
    untested = [f"No check of this certificate speaks to {name}." for name in CRITERIA if name not in told]
    return [*([] if certificate.anonymised else [test_key]), *untested, *ALWAYS_OPEN]


def _counts(certificate: Certificate) -> str:
    outcomes = [verdict.outcome for verdict in certificate.verdicts]
    held = f"{outcomes.count(PASSED)} of {len(outcomes)} checks held."
    accepted = outcomes.count(WAIVED)
    return f"{held} {accepted} could not tell, and the policy accepts that." if accepted else held
