"""The report as a CI reads it."""

from __future__ import annotations

from xml.etree import ElementTree

from smartsandbox.replay_engine.drive.driver import Driven
from smartsandbox.replay_engine.report.build import build_report
from smartsandbox.replay_engine.report.junit import to_junit
from smartsandbox.replay_engine.report.objectives import parse_objective

OBJECTIVES = [parse_objective("p95<11ms"), parse_objective("p95<1ms")]


def test_a_breached_objective_is_the_only_failure(driven: Driven) -> None:
    suite = ElementTree.fromstring(to_junit(build_report(driven, OBJECTIVES)))
    failed = [case.get("name") for case in suite.iter("testcase") if case.find("failure") is not None]

    assert failed == ["p95<1ms"]
    assert (suite.get("failures"), suite.get("errors")) == ("1", "0")
    assert suite.get("tests") == str(len(suite.findall("testcase")))
    assert "TEST ONLY" in (suite.get("name") or "")
    failure = suite.find(".//failure")
    assert failure is not None
    assert failure.get("message") == "measured 10, bound 1"


def test_a_run_that_says_nothing_is_an_error(driven: Driven) -> None:
    driven.outcomes.lateness[:] = 0.021
    suite = ElementTree.fromstring(to_junit(build_report(driven)))
    assert (suite.get("failures"), suite.get("errors")) == ("0", "1")
    error = suite.find(".//error")
    assert error is not None
    assert "the generator was late" in (error.get("message") or "")


def test_every_endpoint_tells_its_counts(driven: Driven) -> None:
    report = build_report(driven)
    suite = ElementTree.fromstring(to_junit(report))
    told = {case.get("name"): case.findtext("system-out") for case in suite.iter("testcase")}
    for item in report["endpoints"]:
        assert told[item["endpoint"]] == (
            f"{item['scheduled']} scheduled, {item['answered']} answered, {item['failed']} failed,"
            f" {item['differing']} differing"
        )
