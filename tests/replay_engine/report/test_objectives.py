"""Objectives as users type them."""

import pytest

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.report.objectives import parse_objective

REPORT = {
    "counts": {"rate": 50.0},
    "shares": {"errors": 0.02, "matched": None, "shed": 0.0},
    "shape": {"interarrival_ks": 0.01, "latency_ks_max": float("nan")},
    "latency_ms": {"response": {"p95": 120.0, "max": 900.0}, "service": {"p95": 80.0}},
}


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("p95<500ms", True),
        ("p95 < 0.1s", False),
        ("service.p95<=80ms", True),
        ("max<900ms", False),
        ("errors<1%", False),
        ("errors<=2%", True),
        ("rate>=50", True),
        ("shed<1%", True),
        ("matched>0%", False),
        ("interarrival_ks<0.02", True),
        ("interarrival_ks<0.005", False),
        ("latency_ks_max<0.5", False),
    ],
)
def test_an_objective_is_checked_against_the_report(text: str, held: bool) -> None:
    assert parse_objective(text).check(REPORT)["held"] is held


@pytest.mark.parametrize(
    "text", ["", "p95", "p95<500", "p42<1ms", "errors<1", "errors<1ms", "rate>1%", "qps_error<1%", "p95=1ms"]
)
def test_what_is_not_an_objective_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match="objective"):
        parse_objective(text)


@pytest.mark.parametrize(
    ("text", "takes"),
    [("matched>0.99", "matched takes %"), ("p95<500", "p95 takes ms or s"), ("rate>1%", "rate takes no unit")],
)
def test_a_wrong_unit_is_answered_with_the_one_that_the_name_takes(text: str, takes: str) -> None:
    with pytest.raises(UsageError, match=takes):
        parse_objective(text)
