"""What a refusal says."""

from __future__ import annotations

from smartsandbox.anonymize.errors import LEAK_SCAN, ChecksFailedError
from smartsandbox.packs.certificate import Verdict


def test_a_leak_is_told_with_its_first_place_and_what_to_do() -> None:
    verdict = Verdict(
        check=LEAK_SCAN,
        criterion="singling out",
        passed=False,
        summary="3 texts hold a source value",
        bounds={},
        metrics={},
        findings=("GET /v1/notes response_body: 2 different texts", "POST /v1/notes request_body: 1 different texts"),
    )
    assert str(ChecksFailedError((verdict,))) == (
        "nothing was published: leak scan: 3 texts hold a source value; the first at GET /v1/notes response_body:"
        " let the policy replace or drop what it keeps there"
    )
