"""The report of a run, from outcomes written by hand."""

import json
from dataclasses import replace

import numpy as np
import pytest

from smartsandbox.packs.errors import InconclusiveError, ObjectiveBreached
from smartsandbox.replay_engine.drive.driver import Driven
from smartsandbox.replay_engine.drive.outcomes import Differs, Ending, Outcomes
from smartsandbox.replay_engine.drive.pacing import Pacing
from smartsandbox.replay_engine.report.build import build_report
from smartsandbox.replay_engine.report.html import to_html
from smartsandbox.replay_engine.report.objectives import parse_objective
from smartsandbox.replay_engine.report.terminal import to_text
from smartsandbox.replay_engine.report.verdict import raise_for


def test_a_run_as_recorded_holds_and_has_no_distance(driven: Driven) -> None:
    report = build_report(driven, [parse_objective("p95<11ms")])
    assert report["verdict"] == {"name": "HELD", "reasons": [], "lateness_bound_ms": 20.0}
    assert report["counts"]["sent"] == 12
    assert report["counts"]["failed"] == {"reset": 3}
    assert report["shares"]["matched"] == 1.0
    assert report["shape"]["interarrival_ks"] == 0.0
    assert report["shape"]["qps_error"] == 0.0
    assert report["latency_ms"]["response"]["p99"] == 10.0
    raise_for(report)


def test_the_report_is_json_and_the_same_each_time(driven: Driven) -> None:
    one, two = (json.dumps(build_report(driven), sort_keys=True, allow_nan=False) for _ in range(2))
    assert one == two


def test_a_generator_that_fell_behind_makes_the_run_invalid_whatever_else_held(driven: Driven) -> None:
    driven.outcomes.lateness[:] = 0.021
    report = build_report(driven, [parse_objective("p95<1ms")])
    assert report["verdict"]["name"] == "INVALID"
    with pytest.raises(InconclusiveError, match="the generator was late: p99 21"):
        raise_for(report)


def test_requests_that_were_shed_make_the_run_invalid(driven: Driven) -> None:
    driven.outcomes.ending[3] = Ending.SHED
    assert "1 requests were shed" in build_report(driven)["verdict"]["reasons"][0]


def test_a_run_that_sent_nothing_is_never_held(driven: Driven) -> None:
    empty = replace(driven, outcomes=Outcomes(np.zeros(0, np.int64), np.zeros(0)))
    report = build_report(empty)
    assert report["verdict"]["reasons"] == ["nothing was sent"]
    assert "INVALID" in to_text(report)
    assert "INVALID" in to_html(report)


def test_an_objective_that_does_not_hold_is_a_breach(driven: Driven) -> None:
    report = build_report(driven, [parse_objective("p95<5ms")])
    with pytest.raises(ObjectiveBreached, match="p95<5ms: measured 10"):
        raise_for(report)


def test_what_differed_is_counted_by_kind_and_by_endpoint(driven: Driven) -> None:
    driven.outcomes.differs[:2] = Differs.STATUS | Differs.BODY
    report = build_report(driven)
    assert report["shares"]["differs"] == {
        "status": 2, "headers": 0, "body": 2, "ending": 0, "schema": 0, "messages": 0,
    }  # fmt: skip
    assert sum(item["differing"] for item in report["endpoints"]) == 2


def test_the_page_stands_alone_says_test_only_and_escapes_names(driven: Driven) -> None:
    report = build_report(driven)
    report["target"] = "<script>"
    page = to_html(report)
    assert "TEST ONLY" in page
    assert "<script" not in page
    assert "src=" not in page
    assert page.count("<svg ") == page.count("<title>") - 1 == 2
    assert "TEST ONLY" in to_text(report)


def test_the_endings_of_both_sides_are_told(driven: Driven) -> None:
    report = build_report(driven)
    recorded, replayed = (report["status"][kind] for kind in ("recorded", "replayed"))
    text = to_text(report)
    assert "endings recorded  " + "  ".join(f"{name} {count}" for name, count in sorted(recorded.items())) in text
    assert "endings replayed  " + "  ".join(f"{name} {count}" for name, count in sorted(replayed.items())) in text


def test_an_endpoint_with_few_answers_does_not_set_the_worst_distance(driven: Driven) -> None:
    report = build_report(driven)
    assert max(item["recorded_ms"]["count"] for item in report["endpoints"]) < 50
    assert report["shape"]["latency_ks_max"] is None


def test_sessions_that_cannot_keep_the_pace_are_said_to_be_no_fault_of_the_generator(driven: Driven) -> None:
    assert build_report(driven)["notes"] == []
    driven.outcomes.dispatched[:] = driven.outcomes.due + 0.2
    driven.outcomes.sent[:] = driven.outcomes.due + 0.2
    driven.outcomes.finished[:] = driven.outcomes.due + 0.3
    report = build_report(driven)
    assert report["verdict"]["name"] == "HELD"
    assert "100% of the requests started late because their own session" in report["notes"][0]
    assert report["notes"][0] in to_text(report)


@pytest.mark.parametrize(("rate", "together"), [(2000, False), (2500, True)])
def test_requests_that_went_out_together_are_told_of(driven: Driven, rate: int, together: bool) -> None:
    outcomes = Outcomes(driven.outcomes.rows, np.arange(len(driven.outcomes)) / rate)
    options = replace(driven.options, pacing=Pacing(rate=rate))
    notes = build_report(replace(driven, options=options, outcomes=outcomes))["notes"]
    assert any("went out together" in note for note in notes) is together


def test_an_even_pace_has_no_distribution_of_gaps_to_be_near_to(driven: Driven) -> None:
    outcomes = driven.outcomes
    outcomes.due[:] = np.arange(len(outcomes)) / 200
    outcomes.dispatched[:] = outcomes.due + np.linspace(0, 0.0001, len(outcomes))
    assert build_report(driven)["shape"]["interarrival_ks"] is None
    outcomes.due[1] += 0.001
    assert build_report(driven)["shape"]["interarrival_ks"] is not None
