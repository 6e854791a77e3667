from __future__ import annotations

from dataclasses import replace

import pytest

from smartsandbox.packs.bounds import REQUIRED
from smartsandbox.packs.certificate import Certificate, Verdict
from smartsandbox.packs.keyring import TrustedKey
from smartsandbox.packs.signing import SigningKey
from smartsandbox.packs.testing import hand_made_verdicts
from smartsandbox.server.service.evidence import evidence_of, state_of
from smartsandbox.server.service.reading import Signature

KEY = TrustedKey(SigningKey.new().public, "publisher.pub")


def a_certificate(*others: Verdict, anonymised: bool = True) -> Certificate:
    return Certificate("c", "p", anonymised, "k", (*hand_made_verdicts(), *others), {})


def extra(passed: bool = True, **more: object) -> Verdict:
    return Verdict("extra", "linkability", passed, "", {}, {}, **more)  # type: ignore[arg-type]


STATED = Verdict("attack: extra", "linkability", False, "", {}, {}, test_accounts="our tenant")


@pytest.mark.parametrize(
    ("certificate", "state"),
    [
        (a_certificate(), "passed"),
        (a_certificate(extra(), extra()), "failed"),
        (a_certificate(extra(False)), "failed"),
        (a_certificate(extra(False, told=False, waiver="too few")), "not-all-told"),
        (replace(a_certificate(), verdicts=()), "failed"),
        (a_certificate(anonymised=False), "not-anonymised"),
        (a_certificate(extra(False), anonymised=False), "failed"),
        (replace(a_certificate(STATED), test_accounts="our tenant"), "test-accounts"),
        (replace(a_certificate(STATED, anonymised=False), test_accounts="our tenant"), "not-anonymised"),
        (a_certificate(STATED), "failed"),
        (replace(a_certificate(), test_accounts="our tenant"), "passed"),
    ],
)
def test_a_badge_tells_the_worst_news(certificate: Certificate, state: str) -> None:
    assert state_of(certificate) == state


def test_evidence_says_who_signed_and_what_each_check_came_to() -> None:
    waived = extra(False, told=False, waiver="too few people to try")
    evidence = evidence_of(a_certificate(waived), Signature((KEY,)))

    assert [(one.fingerprint, one.trusted_as) for one in evidence.signers] == [(KEY.fingerprint, "publisher.pub")]
    assert evidence.signature_problem is None
    assert [verdict.outcome for verdict in evidence.verdicts] == ["passed"] * len(REQUIRED) + ["waived"]
    assert evidence.claim.tone == "warn"


def test_evidence_says_what_is_accepted_for_test_accounts_only() -> None:
    evidence = evidence_of(replace(a_certificate(STATED), test_accounts="our tenant"), Signature((KEY,)))

    assert evidence.test_accounts == "our tenant"
    assert [(one.outcome, one.test_accounts) for one in evidence.verdicts[-1:]] == [("test-accounts", "our tenant")]
    assert evidence.claim.word == "Test accounts only"


def test_evidence_without_a_signature_says_why() -> None:
    evidence = evidence_of(a_certificate(), Signature((), "it is not signed"))

    assert (evidence.signers, evidence.signature_problem) == ([], "it is not signed")
