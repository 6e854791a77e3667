"""The gate end to end: releases that are known to be unsafe get no certificate, and the refusal says what to change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest

from smartsandbox.anonymize.advice import advice
from smartsandbox.anonymize.certify import accepted_by
from smartsandbox.anonymize.checks.attacks import AttackEvidence, attack_verdicts
from smartsandbox.anonymize.errors import ChecksFailedError
from smartsandbox.anonymize.foreseen import waivers_for
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.policy import Action, Decision, Policy
from smartsandbox.anonymize.policy_file import parse_policy, write_policy
from smartsandbox.anonymize.suggest import suggest_policy
from smartsandbox.packs.bounds import REQUIRED
from smartsandbox.packs.certificate import Certificate, SafeTrace, Verdict
from smartsandbox.packs.claims import claim_of
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.trace import Trace

Make = Callable[..., Exchange]
Write = Callable[[Iterable[Exchange]], Trace]
PLANS = ("basic", "silver", "gold")
STATEMENT = "accounts of our own staging tenant"


def people(exchange: Make, count: int, seed: int = 4) -> list[Exchange]:
    """Each person is read and charged twice, with numbers and a plan of their own."""
    rng = np.random.default_rng(seed)
    return [one for person in range(count) for one in _requests(exchange, person, rng)]


def _requests(exchange: Make, person: int, rng: np.random.Generator) -> Iterator[Exchange]:
    start = 1_700_000_000_000_000 + int(rng.integers(10**10))
    who = {"email": f"person{person}@tidewater.test", "plan": PLANS[int(rng.integers(3))]}
    numbers = {"amount": int(rng.integers(10**6)), "score": int(rng.integers(10**5)), "debt": int(rng.integers(10**5))}
    for path in ("/v1/profile", "/v1/charges", "/v1/profile", "/v1/charges"):
        start += 1_000_000 + int(rng.integers(10**8))
        yield replace(exchange(path, {**who, **numbers}, session=f"s_{person}"), started_us=start)


def on_attributes(verdicts: Iterable[Verdict]) -> dict[str, str]:
    """Outcomes of the attacks on attributes by name."""
    return {one.check: str(one.metrics["outcome"]) for one in verdicts if "attribute" in one.check}


def published_as(policy: Policy, raw: list[Exchange], made: list[Exchange]) -> tuple[Verdict, ...]:
    """The verdicts on a release that some other anonymiser made."""
    ids = {one.id: other.id for one, other in zip(raw, made, strict=True)}
    return attack_verdicts(AttackEvidence(policy, lambda: raw, lambda: made, ids.__getitem__))


def hashed(raw: list[Exchange]) -> list[Exchange]:
    """Ids, sessions and addresses hashed without a salt; everything else as it was."""

    def digest(match: re.Match[bytes]) -> bytes:
        return sha256(match[0]).hexdigest()[:12].encode() + b"@example.com"

    return [_hashed(one, digest) for one in raw]


def _hashed(one: Exchange, digest: Callable[[re.Match[bytes]], bytes]) -> Exchange:
    assert one.response is not None
    body = re.sub(rb"person\d+@tidewater\.test", digest, one.response.body)
    session = sha256(str(one.session).encode()).hexdigest()
    return replace(
        one, id=f"ex_{sha256(one.id.encode()).hexdigest()}", session=session, response=replace(one.response, body=body)
    )


def noisy(raw: list[Exchange], share: float = 0.1) -> list[Exchange]:
    """A tenth of all answers are somebody else's."""
    rng = np.random.default_rng(6)
    others = rng.integers(len(raw), size=len(raw))
    return [
        replace(one, response=raw[int(other)].response) if rng.random() < share else one
        for one, other in zip(raw, others, strict=True)
    ]


@pytest.fixture
def drafted(exchange: Make, raw_trace: Write) -> tuple[Trace, Policy]:
    """160 people and the policy drafted for them."""
    trace = raw_trace(people(exchange, 160))
    return trace, suggest_policy(trace)


@pytest.mark.slow
def test_what_the_anonymiser_makes_passes_without_a_waiver(
    drafted: tuple[Trace, Policy], key: RunKey, anonymized: Callable[..., SafeTrace]
) -> None:
    trace, policy = drafted
    assert not policy.waivers
    safe = anonymized(trace.exchanges(), policy)
    assert all(verdict.passed for verdict in safe.certificate.verdicts)
    assert sum(verdict.check.startswith("attack: ") for verdict in safe.certificate.verdicts) == 9


@pytest.mark.slow
@pytest.mark.parametrize("release", [list, hashed, noisy])
def test_a_copy_a_hash_and_a_little_noise_are_breached(
    release: Callable[[list[Exchange]], list[Exchange]], drafted: tuple[Trace, Policy]
) -> None:
    trace, policy = drafted
    raw = list(trace.exchanges())
    verdicts = published_as(policy, raw, release(raw))
    found = on_attributes(verdicts)
    assert found["attack: linkability of attributes"] == "breached"
    assert found["attack: singling out by one attribute"] == "breached"
    assert not any(
        accepted_by(one, replace(policy, waivers={one.check: "please"})).accepted
        for one in verdicts
        if one.metrics["outcome"] == "breached"
    )


@pytest.mark.slow
def test_a_policy_that_keeps_what_is_a_persons_own_is_refused_with_the_decision_to_change(
    drafted: tuple[Trace, Policy], anonymized: Callable[..., SafeTrace]
) -> None:
    trace, policy = drafted
    kept = {
        address: Decision(Action.KEEP) if decision.action is Action.BAND else decision
        for address, decision in policy.decisions.items()
    }
    with pytest.raises(ChecksFailedError) as caught:
        anonymized(trace.exchanges(), replace(policy, decisions=kept))
    assert "attack: singling out by one attribute: breached" in str(caught.value)
    assert "response.body /amount: keep -> band amount" in caught.value.advice
    refused = [one for one in caught.value.verdicts if not one.accepted]
    assert all(one.check not in _waive_block(caught.value.advice) for one in refused if one.told)
    assert str(caught.value).endswith("say it in the policy: test_accounts: REASON")
    stated = anonymized(trace.exchanges(), replace(policy, decisions=kept, test_accounts=STATEMENT)).certificate
    breached = [one for one in stated.verdicts if one.told and not one.passed]
    assert breached
    assert {one.test_accounts for one in breached} == {STATEMENT}
    assert claim_of(replace(stated, anonymised=True)).word == "Test accounts only"


@pytest.mark.slow
def test_k_by_rows_is_not_k_by_people(exchange: Make, raw_trace: Write) -> None:
    """Everybody has five rows that are alike, so each row is one of five, and all five are the same person's."""
    raw = [again for one in people(exchange, 100) for again in (replace(one, id=f"{one.id}_{n}") for n in range(5))]
    trace = raw_trace(raw)
    verdicts = published_as(suggest_policy(trace), raw, hashed(raw))
    assert on_attributes(verdicts)["attack: singling out by one attribute"] == "breached"


def test_a_capture_of_few_people_is_drafted_with_waivers_that_say_why(
    exchange: Make, raw_trace: Write, anonymized: Callable[..., SafeTrace]
) -> None:
    raw = people(exchange, 6)
    policy = suggest_policy(raw_trace(raw))
    assert "attack: known requests" in policy.waivers
    assert set(policy.waivers.values()) == {"too small a capture to tell: 6 people with attributes, 6 sessions"}
    assert parse_policy(write_policy(policy), "again") == policy
    safe = anonymized(raw, policy)
    untold = [one for one in safe.certificate.verdicts if not one.told]
    assert untold
    assert all(one.waiver and not one.passed for one in untold)


def test_without_its_waivers_the_refusal_gives_the_lines_to_add(
    exchange: Make, raw_trace: Write, anonymized: Callable[..., SafeTrace]
) -> None:
    raw = people(exchange, 6)
    policy = suggest_policy(raw_trace(raw))
    with pytest.raises(ChecksFailedError) as caught:
        anonymized(raw, replace(policy, waivers={}))
    text = write_policy(replace(policy, waivers={})).replace(
        "decisions:", _waive_block(caught.value.advice) + "decisions:"
    )
    again = parse_policy(text, "with the lines added")
    assert set(again.waivers) == {one.check for one in caught.value.verdicts if not one.told}


def test_a_statement_about_test_accounts_stands_in_for_waivers_and_is_told(
    exchange: Make, raw_trace: Write, anonymized: Callable[..., SafeTrace]
) -> None:
    raw = people(exchange, 6)
    policy = replace(suggest_policy(raw_trace(raw)), waivers={}, test_accounts=STATEMENT)
    certificate = anonymized(raw, parse_policy(write_policy(policy), "with the statement")).certificate
    assert certificate.test_accounts == STATEMENT
    assert {one.check for one in certificate.verdicts if one.test_accounts} == {
        one.check for one in certificate.verdicts if not one.passed
    }
    assert Certificate.from_json(certificate.to_json()) == certificate
    assert certificate.to_json()["format"] == 3


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("check", REQUIRED)
def test_a_statement_accepts_attacks_and_km_only_and_nothing_without_one(
    check: str, told: bool, drafted_small: Policy
) -> None:
    failed = Verdict(check, "singling out", False, "", {}, {}, told=told)
    policy = replace(drafted_small, waivers={})
    looks_for_people = check.startswith("attack: ") or check == "k^m-anonymity"
    assert accepted_by(failed, replace(policy, test_accounts=STATEMENT)).accepted is looks_for_people
    assert not accepted_by(failed, policy).accepted


def test_a_waiver_goes_before_the_statement_where_a_check_could_not_tell(drafted_small: Policy) -> None:
    policy = replace(drafted_small, waivers={"attack: known requests": "few"}, test_accounts=STATEMENT)
    untold = Verdict("attack: known requests", "singling out", False, "", {}, {}, told=False)
    assert accepted_by(untold, policy) == replace(untold, waiver="few")
    assert accepted_by(replace(untold, told=True), policy) == replace(untold, told=True, test_accounts=STATEMENT)


def test_a_kept_card_is_refused_whatever_is_stated(
    exchange: Make, raw_trace: Write, anonymized: Callable[..., SafeTrace]
) -> None:
    raw = [exchange("/v1/orders", {"reference": "4539 5787 6362 1486"}) for _ in range(3)]
    drafted = suggest_policy(raw_trace(raw))
    kept = {
        address: Decision(Action.KEEP) if address.pointer == ("reference",) else decision
        for address, decision in drafted.decisions.items()
    }
    with pytest.raises(ChecksFailedError) as caught:
        anonymized(raw, replace(drafted, decisions=kept, test_accounts=STATEMENT))
    assert [one.check for one in caught.value.verdicts if not one.accepted] == ["identifying forms"]
    assert "test_accounts" not in str(caught.value)


@pytest.fixture
def drafted_small() -> Policy:
    return Policy("tidewater", {})


def _waive_block(text: str) -> str:
    return "".join(f"{line}\n" for line in text.splitlines() if line.startswith(("waive:", "  ")))


def test_a_large_capture_is_drafted_without_waivers(exchange: Make, raw_trace: Write) -> None:
    trace = raw_trace(people(exchange, 120))
    policy = suggest_policy(trace)
    assert waivers_for(trace.exchanges, policy) == {}


def test_advice_is_silent_about_what_was_accepted(drafted: tuple[Trace, Policy]) -> None:
    held = Verdict("k-anonymity", "singling out", True, "fine", {}, {})
    reason = Verdict("attack: known requests", "singling out", False, "few", {}, {}, told=False, waiver="small")
    assert advice([held, reason], drafted[1]) == ""
