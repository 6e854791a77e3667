"""Sensitive attributes from the policy to the certificate: the homogeneity attack passes k and fails l."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from smartsandbox.anonymize.apply import anonymize_trace
from smartsandbox.anonymize.attacks import ATTACKS
from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.checks.inference import l_diversity, t_closeness
from smartsandbox.anonymize.checks.k_anonymity import k_anonymity
from smartsandbox.anonymize.checks.names import CHECK_NAMES
from smartsandbox.anonymize.collect import collect
from smartsandbox.anonymize.grouping import checked_plan
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.ledger import Tally
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.policy_file import parse_policy
from smartsandbox.anonymize.sensitive import CLOSENESSES, DIVERSITIES, Bound
from smartsandbox.packs.certificate import Verdict
from smartsandbox.packs.errors import NotSafeError
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.trace import Trace

Make = Callable[..., Exchange]
Write = Callable[[Iterable[Exchange]], Trace]

TEXT = """\
service: tidewater
k: 3
m: 0
suppression_limit: 0.2
quasi_identifiers:
  birth_date: date
sensitive:
  segment:
    kind: category
    l: distinct 2
    at:
      "*": {response.body: [/segment]}
subjects:
  "*": {response.body: [/id]}
waive:
{waivers}
decisions:
  "*":
    method: keep
    scheme: keep
    host: surrogate host
    response.reason: keep
    response.header: {/content-type: keep}
    timing: {/started: retime, /ttfb: keep, /total: keep}
    session: surrogate id
  "GET /v1/me":
    response.body:
      /id: surrogate id
      /birth_date: generalise birth_date
      /segment: keep
""".replace(
    "{waivers}",
    "\n".join(f'  "attack: {name}": six invented people' for name in ATTACKS)
    + "\n  k^m-anonymity: six invented people",
)
YOUNG = [f"1990-01-0{day}" for day in (1, 4, 7)]
OLD = [f"1950-01-0{day}" for day in (1, 4, 7)]


def capture(exchange: Make, people: Iterable[tuple[str, object]]) -> list[Exchange]:
    """(birth date, segment) a person; no segment at all for None."""
    made = []
    for number, (born, segment) in enumerate(people):
        body = {"id": f"cus_{number:03d}KqLm9Z", "birth_date": born, "segment": segment}
        made.append(exchange("/v1/me", {k: v for k, v in body.items() if v is not None}, session=f"s_{number}"))
    return made


def homogeneous(exchange: Make) -> list[Exchange]:
    """Three young people of one segment, three old ones of two."""
    return capture(exchange, [*((born, "debt") for born in YOUNG), *zip(OLD, ["debt", "gold", "gold"], strict=True)])


def without_bounds(policy: Policy) -> Policy:
    return replace(policy, sensitive={})


@pytest.fixture
def policy() -> Policy:
    return parse_policy(TEXT, "p.yaml")


def published_segments(trace: Trace) -> list[str]:
    return [json.loads(one.response.body)["segment"] for one in trace.exchanges() if one.response]


def test_the_homogeneity_attack_passes_k_and_is_stopped_by_l(
    exchange: Make, raw_trace: Write, key: RunKey, tmp_path: Path, policy: Policy
) -> None:
    trace = raw_trace(homogeneous(exchange))
    under_k = anonymize_trace(trace, without_bounds(policy), key, tmp_path / "k")
    under_l = anonymize_trace(trace, policy, key, tmp_path / "l")
    assert _metric(under_k.certificate.verdicts, "k-anonymity", "classes") == 2
    assert _metric(under_l.certificate.verdicts, "k-anonymity", "classes") == 1
    assert _metric(under_l.certificate.verdicts, "l-diversity", "attained_segment") == 2
    assert "inference" in {one.criterion for one in under_l.certificate.verdicts if one.check == "l-diversity"}


def _metric(verdicts: Iterable[Verdict], check: str, name: str) -> object:
    return next(one.metrics[name] for one in verdicts if one.check == check)


def test_the_check_counts_on_the_output_and_not_on_the_plan(
    exchange: Make, raw_trace: Write, key: RunKey, tmp_path: Path, policy: Policy
) -> None:
    under_k = anonymize_trace(raw_trace(homogeneous(exchange)), without_bounds(policy), key, tmp_path / "k")
    plan = checked_plan(collect(homogeneous(exchange), policy).subjects.table(), policy)
    evidence = Evidence(policy, list, under_k.trace.exchanges, str, lambda one: 0, {}, plan, 6, Tally(), {}, {})
    verdict = l_diversity(evidence)
    assert k_anonymity(evidence).passed
    assert not verdict.passed
    assert verdict.summary == "of 2 published groups, not all keep distinct 2-diversity on segment"
    assert verdict.findings == ("distinct 2-diversity on segment: groups that fail: 1, people in them: 3",)
    near = replace(policy.sensitive["segment"], l=None, t=Bound.parse("equal 0.3", CLOSENESSES))
    asked = replace(policy, sensitive={"segment": near})
    assert not t_closeness(replace(evidence, policy=asked)).passed
    wide = replace(near, t=Bound.parse("equal 0.34", CLOSENESSES))
    assert t_closeness(replace(evidence, policy=replace(policy, sensitive={"segment": wide}))).passed


def test_an_attribute_that_nobody_can_be_hidden_in_is_refused_with_what_is_attained(
    exchange: Make, raw_trace: Write, key: RunKey, tmp_path: Path, policy: Policy
) -> None:
    trace = raw_trace(capture(exchange, [(born, "debt") for born in (*YOUNG, *OLD)]))
    with pytest.raises(NotSafeError) as caught:
        anonymize_trace(trace, policy, key, tmp_path / "safe")
    assert str(caught.value) == (
        "distinct 2-diversity on segment cannot be kept: even all 6 people together reach 1; ask for that at most, or "
        "drop the places of 'segment' and take it out of sensitive"
    )
    assert not (tmp_path / "safe").exists()


def test_too_many_suppressed_for_a_bound_names_the_bound_to_ease(exchange: Make, policy: Policy) -> None:
    text = TEXT.replace("birth_date: date", "birth_date: date\n  gender: category").replace(
        "/segment: keep", "/segment: keep\n      /gender: generalise gender"
    )
    items = homogeneous(exchange)
    gendered = [
        exchange("/v1/me", {"id": f"x_{n}KqLm9Z77", "birth_date": "1970-01-01", "gender": "f", "segment": "debt"})
        for n in range(3)
    ]
    wider = parse_policy(text, "p.yaml")
    people = collect([*items, *gendered], wider).subjects.table()
    with pytest.raises(NotSafeError) as caught:
        checked_plan(people, wider)
    assert str(caught.value) == (
        "3 of 9 people fit no group of 3 that keeps every l and t, over the suppression limit of 0.2: without "
        "'gender' 0 would be left, so make it a surrogate; without l on 'segment' 0 would be left, so ask for less; "
        "or allow a limit of 0.334"
    )


def test_the_value_of_somebody_suppressed_gives_way_to_the_most_frequent_one(
    exchange: Make, raw_trace: Write, key: RunKey, tmp_path: Path, policy: Policy
) -> None:
    text = TEXT.replace("birth_date: date", "birth_date: date\n  gender: category").replace(
        "/segment: keep", "/segment: keep\n      /gender: generalise gender"
    )
    odd = {"id": "x_9KqLm9Z77", "birth_date": "1970-01-01", "gender": "f", "segment": "rare"}
    trace = raw_trace([*homogeneous(exchange), exchange("/v1/me", odd)])
    safe = anonymize_trace(trace, parse_policy(text, "p.yaml"), key, tmp_path / "safe")
    assert sorted(published_segments(safe.trace)) == ["debt"] * 5 + ["gold"] * 2
    findings = [finding for one in safe.certificate.verdicts for finding in one.findings]
    assert "1 of 1 suppressed people would have a group without gender" in findings


def test_true_and_false_are_values_and_null_is_none(exchange: Make, policy: Policy) -> None:
    items = capture(exchange, [("1990-01-01", True), ("1990-01-02", False), ("1990-01-03", None)])
    items.append(exchange("/v1/me", b'{"id": "cus_9KqLm9Z77", "birth_date": "1990-01-01", "segment": null}'))
    held = collect(items, policy).subjects.table().held
    assert sorted(values["segment"] for values in held.values()) == [("false",), ("true",)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("distinct", "'distinct' takes l, in that order"),
        ("recursive 3", "'recursive' takes c and l, in that order"),
        ("distinct 1.5", "1.5 is not whole: l counts values"),
        ("entropy 0.5", "l-diversity needs an l of at least 1"),
        ("equal 0.3", "'equal' is no form of it; write distinct L or entropy L or recursive C L"),
        ("", "'' is no form of it"),
        ("distinct inf", "cannot convert float infinity"),
    ],
)
def test_a_bound_that_makes_no_sense_says_what_would(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Bound.parse(text, DIVERSITIES)


def test_what_the_policy_says_of_people_and_the_capture_never_shows_is_told(
    exchange: Make, raw_trace: Write, key: RunKey, tmp_path: Path
) -> None:
    text = (
        TEXT.replace("[/id]}\n", "[/id, /uid]}\n")
        .replace("[/segment]", "[/sector, /branch]")
        .replace("/segment: keep", "/segment: keep\n      /uid: drop\n      /sector: drop\n      /branch: drop")
    )
    trace = raw_trace(homogeneous(exchange))
    safe = anonymize_trace(trace, parse_policy(text, "p.yaml"), key, tmp_path / "safe")
    complete, diversity = (
        one for one in safe.certificate.verdicts if one.check in ("decisions complete", "l-diversity")
    )
    assert complete.findings == (
        "subject never seen in this capture: * response.body /uid",
        "sensitive attribute never seen in this capture: segment (places: 2)",
    )
    assert diversity.findings == ("segment is known of none of the people in groups",)


@pytest.mark.parametrize("method", ["mondrian", "full-domain"])
@pytest.mark.parametrize("decision", ["keep", "surrogate id", "common"])
def test_bounds_hold_on_the_output_whatever_is_decided_at_their_places(
    exchange: Make, raw_trace: Write, key: RunKey, tmp_path: Path, method: str, decision: str
) -> None:
    text = (
        TEXT.replace("k: 3", f"k: 3\nmethod: {method}")
        .replace("birth_date: date", "birth_date: date\n  gender: category")
        .replace("l: distinct 2", "l: entropy 1.5\n    t: equal 0.4")
        .replace("/segment: keep", f"/segment: {decision}\n      /gender: generalise gender")
    )
    born = [f"19{50 + number % 40}-0{1 + number % 9}-11" for number in range(40)]
    people = [(one, ["debt", "gold", "gold", "plain"][number % 4]) for number, one in enumerate(born)]
    odd = {"id": "x_9KqLm9Z77", "birth_date": "1970-01-01", "gender": "f", "segment": "debt"}
    trace = raw_trace([*capture(exchange, people), exchange("/v1/me", odd)])
    safe = anonymize_trace(trace, parse_policy(text, "p.yaml"), key, tmp_path / "safe")
    verdicts = safe.certificate.verdicts
    assert {verdict.check for verdict in verdicts} <= set(CHECK_NAMES)
    assert _metric(verdicts, "k-anonymity", "suppressed") == 1
    assert _metric(verdicts, "k-anonymity", "method") == method
    assert _metric(verdicts, "l-diversity", "attained_segment") >= 1.5  # type: ignore[operator]
    assert _metric(verdicts, "t-closeness", "attained_segment") <= 0.4  # type: ignore[operator]
    assert Counter(published_segments(safe.trace)).most_common(1)[0][1] == 21
