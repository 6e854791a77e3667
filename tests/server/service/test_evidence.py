from __future__ import annotations

import pytest

from smartsandbox.packs.certificate import Certificate, Verdict
from smartsandbox.server.service.evidence import ALWAYS_OPEN, evidence_of, state_of


def a_certificate(*passed: bool, anonymised: bool = True, criterion: str = "singling out") -> Certificate:
    verdicts = tuple(Verdict("check", criterion, held, "what was found", {"k": 5}, {}) for held in passed)
    return Certificate("c", "p", anonymised, "k", verdicts, {})


@pytest.mark.parametrize(
    ("certificate", "state"),
    [
        (a_certificate(True), "passed"),
        (a_certificate(True, False), "failed"),
        (a_certificate(), "failed"),
        (a_certificate(True, anonymised=False), "not-anonymised"),
        (a_certificate(False, anonymised=False), "failed"),
    ],
)
def test_a_badge_tells_the_worst_news(certificate: Certificate, state: str) -> None:
    assert state_of(certificate) == state


def test_a_criterion_that_no_check_speaks_to_is_not_covered() -> None:
    lines = evidence_of(a_certificate(True, criterion="Singling out, linkability")).not_covered
    assert lines == ["No check of this certificate speaks to inference.", *ALWAYS_OPEN]


def test_a_test_key_is_said_first_of_all() -> None:
    assert "test key" in evidence_of(a_certificate(True, anonymised=False)).not_covered[0]
