from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace

from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.checks.leak_scan import leak_scan
from smartsandbox.packs.model import Exchange

Make = Callable[..., Exchange]
EMAIL = "ottoline@tidewater.test"


def test_a_trace_without_a_source_value_passes(exchange: Make, evidence: Callable[..., Evidence]) -> None:
    verdict = leak_scan(evidence([exchange(body={"note": "nobody"})], [EMAIL]))
    assert verdict.passed
    assert verdict.summary == "none of 1 source values was found"
    assert verdict.metrics["needles"] == 1
    assert verdict.findings == ()


def test_a_hit_names_endpoint_and_field_and_never_the_value(exchange: Make, evidence: Callable[..., Evidence]) -> None:
    coded = base64.b64encode(f"to {EMAIL}".encode()).decode()
    traffic = [
        replace(exchange(body={"note": coded}), endpoint="GET /v1/notes"),
        replace(exchange(body={"note": coded}), endpoint="GET /v1/notes"),
        replace(exchange(body={"note": EMAIL.upper()}), endpoint="GET /v1/notes"),
        replace(exchange(query=f"q={EMAIL.replace('@', '%40')}", headers=(("X-To", EMAIL),)), endpoint="GET /v1/find"),
    ]
    verdict = leak_scan(evidence(traffic, [EMAIL]))
    assert not verdict.passed
    assert verdict.summary == "4 texts hold a source value"
    assert verdict.findings == (
        "GET /v1/find query: 1 different texts",
        "GET /v1/find request_headers: 1 different texts",
        "GET /v1/notes response_body: 2 different texts",
    )


def test_a_text_is_searched_again_at_another_place(exchange: Make, evidence: Callable[..., Evidence]) -> None:
    traffic = [replace(exchange(body=EMAIL), endpoint=endpoint) for endpoint in ("GET /a", "GET /b")]
    assert len(leak_scan(evidence(traffic, [EMAIL])).findings) == 2
