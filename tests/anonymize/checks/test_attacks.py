"""The attack suite as verdicts, on exchanges that went through the anonymiser and on ones that did not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest

from smartsandbox.anonymize.attacks import ATTACKS
from smartsandbox.anonymize.checks.attacks import AttackEvidence, attack_verdicts
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.suggest import suggest_policy
from smartsandbox.packs.certificate import Certificate, Verdict
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.trace import Trace

Make = Callable[..., Exchange]
Write = Callable[[Iterable[Exchange]], Trace]
CITIES = ("Ulm", "Bonn", "Jena", "Kiel")
STEPS = ("orders", "invoices", "profile", "letters")


@pytest.fixture
def traffic(exchange: Make) -> list[Exchange]:
    """Sixty people with four requests each, at times and of sizes of their own."""
    rng = np.random.default_rng(4)
    made = []
    for person in range(60):
        start = 1_700_000_000_000_000 + int(rng.integers(10**9))
        for _ in range(4):
            start += int(rng.integers(10**8))
            body = {
                "email": f"person{person}@tidewater.test",
                "city": CITIES[int(rng.integers(4))],
                "birth_date": f"19{60 + person % 40}-0{1 + person % 9}-11",
                "amount": int(rng.integers(10**6)),
                "items": ["x"] * int(rng.integers(60)),
            }
            path = f"/v1/{STEPS[int(rng.integers(4))]}"
            made.append(replace(exchange(path, body, session=f"s_{person}"), started_us=start))
    return made


@pytest.fixture
def policy(traffic: list[Exchange], raw_trace: Write) -> Policy:
    return suggest_policy(raw_trace(traffic))


def evidence(policy: Policy, raw: list[Exchange], published: list[Exchange]) -> AttackEvidence:
    made = {one.id: other.id for one, other in zip(raw, published, strict=True)}
    return AttackEvidence(policy, lambda: raw, lambda: published, made.__getitem__)


def hashed(raw: list[Exchange]) -> list[Exchange]:
    """Ids and sessions hashed without a salt; everything else as it was."""
    return [
        replace(
            one, id="ex_" + sha256(one.id.encode()).hexdigest(), session=sha256(str(one.session).encode()).hexdigest()
        )
        for one in raw
    ]


def passed(verdicts: Iterable[Verdict]) -> set[str]:
    return {verdict.check for verdict in verdicts if verdict.passed}


def test_a_copy_passes_no_attack(traffic: list[Exchange], policy: Policy) -> None:
    verdicts = attack_verdicts(evidence(policy, traffic, traffic))
    assert len(verdicts) == len(ATTACKS)
    breached = {verdict.check for verdict in verdicts if verdict.metrics["outcome"] == "breached"}
    assert {
        "attack: singling out by one attribute",
        "attack: inter-arrival fingerprint",
        "attack: known requests",
    } <= breached


def test_hashed_ids_pass_no_attack_on_sessions(traffic: list[Exchange], policy: Policy) -> None:
    kept = passed(attack_verdicts(evidence(policy, traffic, hashed(traffic))))
    assert not kept & {
        "attack: inter-arrival fingerprint",
        "attack: response-size fingerprint",
        "attack: known requests",
    }


def test_two_releases_with_the_same_times_do_not_pass(traffic: list[Exchange], policy: Policy) -> None:
    two = replace(evidence(policy, traffic, hashed(traffic)), second_start=lambda exchange: exchange.started_us)
    found = next(one for one in attack_verdicts(two) if one.check == "attack: cross-release intersection")
    assert found.metrics["outcome"] == "breached"


def test_without_a_second_release_nothing_is_known_of_two(traffic: list[Exchange], policy: Policy) -> None:
    verdicts = attack_verdicts(evidence(policy, traffic, traffic))
    found = next(one for one in verdicts if one.check == "attack: cross-release intersection")
    assert found.metrics["outcome"] == "cannot tell"


def test_nothing_published_passes_no_attack_on_sessions(traffic: list[Exchange], policy: Policy) -> None:
    verdicts = attack_verdicts(AttackEvidence(policy, lambda: traffic, list, lambda name: name))
    on_sessions = [one for one in verdicts if "fingerprint" in one.check or "known" in one.check]
    assert {one.metrics["outcome"] for one in on_sessions} == {"cannot tell"}
    assert not passed(on_sessions)


def test_the_same_seed_gives_the_same_verdicts(traffic: list[Exchange], policy: Policy) -> None:
    assert attack_verdicts(evidence(policy, traffic, traffic), 1) == attack_verdicts(
        evidence(policy, traffic, traffic), 1
    )


def test_verdicts_go_into_a_certificate_and_back_and_hold_no_value(traffic: list[Exchange], policy: Policy) -> None:
    verdicts = attack_verdicts(evidence(policy, traffic, traffic))
    written = json.dumps(Certificate("c", "p", False, "k", verdicts, {}).to_json())
    assert Certificate.from_json(json.loads(written)).verdicts == verdicts
    assert not any(city in written for city in CITIES)
    assert "tidewater.test" not in written
