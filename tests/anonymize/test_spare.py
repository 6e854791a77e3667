"""Rare endpoints end to end: cut, counted in the ledger, and counted again on the output."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from smartsandbox.anonymize.apply import anonymize_trace
from smartsandbox.anonymize.checks.km_anonymity import NAME
from smartsandbox.anonymize.errors import ChecksFailedError
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.suggest import suggest_policy
from smartsandbox.packs.errors import NotSafeError
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.trace import Trace

Write = Callable[[Iterable[Exchange]], Trace]
Make = Callable[..., Exchange]


def visits(exchange: Make, people: int = 8, odd: int = 1) -> list[Exchange]:
    """Everybody lists things and shows one; the last `odd` people export them as well."""
    made = []
    for number in range(people):
        session = f"s_{number}"
        made += [exchange("/v1/things", {"ok": True}, session=session), exchange("/v1/orders", {}, session=session)]
        if number >= people - odd:
            made.append(exchange("/v1/exports", {"secret_of": "Quilla Oakmoor"}, session=session))
    return made


def test_a_rare_endpoint_is_cut_counted_and_gone(exchange: Make, raw_trace: Write, key: RunKey, tmp_path: Path) -> None:
    trace = raw_trace(visits(exchange))
    policy = replace(suggest_policy(trace), m=2, suppression_limit=0.1)
    safe = anonymize_trace(trace, policy, key, tmp_path / "safe")
    assert safe.trace.ledger["seen"] == 17
    assert safe.trace.ledger["kept"] == safe.trace.count == 16
    assert safe.trace.ledger["dropped"] == {"cut: rare combination of endpoints": 1}
    assert {one.endpoint for one in safe.trace.exchanges()} == {"GET /v1/things", "GET /v1/orders"}
    verdict = next(one for one in safe.certificate.verdicts if one.check == NAME)
    assert verdict.passed
    assert verdict.metrics == {"rare": 0, "people": 8, "endpoints": 2, "exchanges": 16}


def test_too_much_to_cut_is_refused_with_the_endpoint_to_blame(
    exchange: Make, raw_trace: Write, key: RunKey, tmp_path: Path
) -> None:
    trace = raw_trace(visits(exchange, odd=4))
    policy = replace(suggest_policy(trace), m=1, suppression_limit=0.05)
    with pytest.raises(NotSafeError, match=r"4 of 20 exchanges .* most are GET /v1/exports \(4\)"):
        anonymize_trace(trace, policy, key, tmp_path / "safe")
    assert not (tmp_path / "safe").exists()


def test_a_draft_takes_the_largest_m_that_costs_little_and_waives_none_only_with_its_reason(
    exchange: Make, raw_trace: Write
) -> None:
    assert suggest_policy(raw_trace(visits(exchange, odd=0))).m == 2
    few = suggest_policy(raw_trace(visits(exchange, people=2, odd=0)))
    assert few.m == 0
    assert "too few people" in few.waivers[NAME]


def test_m_of_0_needs_a_waiver_and_the_certificate_says_so(
    exchange: Make, raw_trace: Write, key: RunKey, tmp_path: Path
) -> None:
    trace = raw_trace(visits(exchange, people=2, odd=0))
    policy = suggest_policy(trace)
    safe = anonymize_trace(trace, policy, key, tmp_path / "safe")
    verdict = next(one for one in safe.certificate.verdicts if one.check == NAME)
    assert (verdict.passed, verdict.told, verdict.waiver) == (False, False, policy.waivers[NAME])
    with pytest.raises(ChecksFailedError, match=NAME.replace("^", r"\^")):
        anonymize_trace(trace, replace(policy, waivers={}), key, tmp_path / "other")
