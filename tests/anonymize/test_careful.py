"""Drafts that were rehearsed: attributes to blame are decided more strictly, and what is lost anyway is foreseen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from smartsandbox.anonymize import careful
from smartsandbox.anonymize.advice import BLAMED
from smartsandbox.anonymize.careful import careful_draft, rehearsed, tightened
from smartsandbox.anonymize.kinds import AttributeKind
from smartsandbox.anonymize.leaves import Address
from smartsandbox.anonymize.policy import Decision, Policy
from smartsandbox.anonymize.policy_file import parse_policy
from smartsandbox.anonymize.rehearsal import rehearse
from smartsandbox.anonymize.stricter import stricter
from smartsandbox.anonymize.suggest import Draft, suggest_draft
from smartsandbox.packs.certificate import Verdict
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.trace import Trace

Write = Callable[[Iterable[Exchange]], Trace]
BODY, ME = "response.body", "GET /v1/me"


def at(*pointer: str, location: str = BODY) -> Address:
    return Address(ME, location, pointer)


def breach(*blamed: str, check: str = "attack: singling out by attributes", risk: float = 0.5) -> Verdict:
    numbers = {"risk": risk, "attempts": 100, "control_attempts": 100, BLAMED: ", ".join(blamed)}
    return Verdict(check, "singling out", False, f"breached: risk {risk}", {"risk": 0.2}, numbers)


def held() -> Verdict:
    numbers = {"risk": 0.0, "attempts": 100, "control_attempts": 100}
    return Verdict("attack: known requests", "singling out", True, "held", {"risk": 0.2}, numbers)


def a_draft(**decisions: str) -> Draft:
    decided = {at(name): Decision.parse(text) for name, text in decisions.items()}
    kinds = {"city": AttributeKind.PLACE} if "generalise city" in decisions.values() else {}
    return Draft(Policy("tidewater", decided, (ME,), quasi_identifiers=kinds), {at("limit"): "seen 4"})


@pytest.mark.parametrize(
    ("decision", "after"),
    [
        ("keep", "band page_size"),
        ("band amount", "surrogate number"),
        ("common", "surrogate category"),
        ("retime", "surrogate date"),
        ("generalise city", "surrogate city"),
        ("generalise height", "surrogate category"),
        ("surrogate number", "surrogate number"),
        ("drop", "drop"),
    ],
)
def test_each_step_publishes_less(decision: str, after: str) -> None:
    found = stricter(at("pageSize"), Decision.parse(decision), {"city": "city"})
    assert str(found) == after


def test_only_the_attributes_to_blame_change_and_the_note_says_why() -> None:
    draft = a_draft(limit="keep", plan="common", city="generalise city")
    tighter = tightened(draft, [breach("limit", "city", "any candidate")])
    assert {one.pointer[0]: str(two) for one, two in tighter.policy.decisions.items()} == {
        "limit": "band limit",
        "plan": "common",
        "city": "surrogate city",
    }
    assert tighter.policy.quasi_identifiers == {}
    said = "stricter: attack: singling out by attributes found people by it"
    assert tighter.notes == {at("limit"): f"seen 4; {said}", at("city"): said}
    assert parse_policy(tighter.text, "p.yaml") == tighter.policy


def test_nothing_changes_where_no_attribute_is_to_blame() -> None:
    draft = a_draft(limit="keep")
    assert tightened(draft, [breach("any candidate"), breach("plan")]) is draft


def test_a_path_or_a_header_of_that_name_is_left_as_it_is() -> None:
    decided = {
        at("limit", location="request.header"): Decision.parse("keep"),
        at("other limit"): Decision.parse("common"),
        at("limit"): Decision.parse("keep"),
    }
    tighter = tightened(Draft(Policy("tidewater", decided, (ME,)), {}), [breach("other limit")])
    changed = {one for one, two in tighter.policy.decisions.items() if two != decided[one]}
    assert changed == {at("limit")}


class Played:
    """Stands in for the rehearsal: gives verdicts turn by turn, from the policy that is tried."""

    def __init__(self, *turns: Callable[[Policy], tuple[Verdict, ...]]) -> None:
        self.turns, self.policies = turns, list[Policy]()

    def __call__(self, trace: Trace, policy: Policy, turn: int, track: object) -> tuple[Verdict, ...]:
        self.policies.append(policy)
        return self.turns[min(turn, len(self.turns) - 1)](policy)


@pytest.fixture
def capture(exchange: Callable[..., Exchange], raw_trace: Write) -> Trace:
    return raw_trace(exchange("/v1/me", {"limit": n, "plan": "gold"}, session=f"s_{n}") for n in range(3))


def playing(monkeypatch: pytest.MonkeyPatch, played: Played) -> Played:
    monkeypatch.setattr(careful, "rehearse", played)
    return played


def test_a_draft_is_rehearsed_until_no_attribute_is_to_blame_three_times_running(
    capture: Trace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def verdicts(policy: Policy) -> tuple[Verdict, ...]:
        kept = [address for address, one in policy.decisions.items() if str(one) == "keep"]
        return (breach("limit"),) if kept else (held(),)

    played = playing(monkeypatch, Played(verdicts))
    found = rehearsed(a_draft(limit="keep"), capture)
    assert [str(policy.decisions[at("limit")]) for policy in played.policies] == ["keep", *["band limit"] * 3]
    assert (str(found.policy.decisions[at("limit")]), found.foreseen) == ("band limit", ())


def test_a_risk_near_the_bound_counts_if_enough_was_tried(capture: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    near = replace(breach("limit", risk=0.16), passed=True)
    few = replace(near, metrics={**near.metrics, "attempts": 12})
    for verdict, after in ((near, "surrogate number"), (few, "keep")):
        playing(monkeypatch, Played(lambda policy, one=verdict: (one,)))  # type: ignore[misc]
        found = rehearsed(a_draft(limit="keep"), capture)
        assert str(found.policy.decisions[at("limit")]) == after


def test_where_sessions_are_found_anyway_the_draft_stays_and_says_so(
    capture: Trace, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = breach("any candidate", check="attack: response-size fingerprint")
    played = playing(monkeypatch, Played(lambda policy: (breach("limit"), sizes)))
    draft = a_draft(limit="keep")
    found = rehearsed(draft, capture)
    assert [policy.sizes for policy in played.policies] == [0, 64, 64, 64, 64]
    assert found.policy == draft.policy
    assert not found.edits
    assert found.foreseen[-1] == "attack: response-size fingerprint: breached: risk 0.5"
    assert found.text.startswith("# Under this draft a run is foreseen to be refused")
    assert parse_policy(found.text, "p.yaml") == draft.policy
    stated = found.text.replace(
        "# test_accounts: whose accounts these are, in a few words", "test_accounts: ours, staging"
    )
    assert parse_policy(stated, "p.yaml").test_accounts == "ours, staging"


def test_with_a_statement_nothing_is_rehearsed(capture: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    played = playing(monkeypatch, Played(lambda policy: (breach("limit"),)))
    draft = careful_draft(capture, test_accounts="our staging tenant")
    assert draft.policy == replace(suggest_draft(capture).policy, test_accounts="our staging tenant")
    assert not played.policies


def test_a_large_capture_is_not_rehearsed(capture: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    played = playing(monkeypatch, Played(lambda policy: (breach("limit"),)))
    monkeypatch.setattr(careful, "MOST_EXCHANGES", 2)
    assert careful_draft(capture) == suggest_draft(capture)
    assert not played.policies


def test_a_rehearsal_finds_the_same_again_and_writes_nothing(capture: Trace) -> None:
    policy = suggest_draft(capture).policy
    before = sorted(capture.path.parent.rglob("*"))
    assert rehearse(capture, policy) == rehearse(capture, policy)
    assert sorted(capture.path.parent.rglob("*")) == before
