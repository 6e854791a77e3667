from __future__ import annotations

from typing import Any

from smartsandbox.packs.shape import QUANTILES
from smartsandbox.server.service.shape import shape_of


def a_row(measure: str, value: float, **more: Any) -> dict[str, Any]:
    return {"measure": measure, "value": value, "endpoint": "", "status": None, "x": None, "label": None, **more}


def test_a_shape_says_what_its_rows_say() -> None:
    rows = [
        a_row("qps", 3.0, x=0.0),
        *(a_row("total_us", 1000 * q, endpoint="GET /a", status=200, x=q) for q in QUANTILES),
        *(a_row("ttfb_us", 1.0, endpoint="GET /a", status=200, x=q) for q in QUANTILES),
        a_row("status", 2.0, endpoint="GET /a", status=200),
        a_row("failure", 1.0, endpoint="GET /a", label="reset"),
        a_row("error_run", 0.25, x=0.0),
    ]
    shape = shape_of(rows, 10)
    assert shape.curve.rates == [3.0]
    (latency,) = shape.latency
    assert (latency.count, latency.p50_us, latency.p95_us, latency.max_us) == (2, 500.0, 950.0, 1000.0)
    assert [(row.status, row.count) for row in shape.statuses] == [(200, 2)]
    assert [(row.kind, row.count) for row in shape.failures] == [("reset", 1)]
    assert [(run.after_success, run.after_error) for run in shape.error_runs] == [(0.25, None)]
