from __future__ import annotations

from smartsandbox.server.models.base import Curve
from smartsandbox.server.models.shape import FailureCount, PackShape, StatusCount
from smartsandbox.server.pages.mix import status_mix


def a_shape(statuses: dict[int, int], failures: int) -> PackShape:
    return PackShape(
        curve=Curve(step_s=1, rates=[], peak=0),
        latency=[],
        statuses=[StatusCount(endpoint="GET /", status=status, count=count) for status, count in statuses.items()],
        failures=[FailureCount(endpoint="GET /", kind="reset", count=failures)] if failures else [],
        error_runs=[],
    )


def test_the_mix_counts_classes_in_order_and_leaves_out_those_that_do_not_occur() -> None:
    parts = status_mix(a_shape({503: 1, 200: 5, 201: 1}, 1))
    assert [(part.style, part.count, part.share, part.start) for part in parts] == [
        ("2xx", 6, 0.75, 0.0),
        ("5xx", 1, 0.125, 0.75),
        ("failed", 1, 0.125, 0.875),
    ]


def test_a_pack_without_exchanges_has_no_mix() -> None:
    assert status_mix(a_shape({}, 0)) == []
