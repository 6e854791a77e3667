"""The shape table, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from smartsandbox.packs.shape import QUANTILES, is_error, shape_rows


def row(at_s: float, status: int | None, total_us: int | None = None, failure: str | None = None) -> dict[str, Any]:
    return {
        "offset_us": round(at_s * 1e6),
        "endpoint": "GET /a",
        "status": status,
        "failure": failure,
        "total_us": total_us,
        "ttfb_us": None,
    }


ROWS = [row(0.1, 200, 10), row(0.9, 500, 20), row(2.0, 503, 30), row(2.5, 200, 40), row(3.0, None, None, "reset")]


def of(measure: str, **wanted: Any) -> list[dict[str, Any]]:
    shape = shape_rows(ROWS)
    return [r for r in shape if r["measure"] == measure and all(r[name] == value for name, value in wanted.items())]


def test_qps_counts_by_second_and_leaves_out_empty_ones() -> None:
    assert [(r["x"], r["value"]) for r in of("qps")] == [(0.0, 2.0), (2.0, 2.0), (3.0, 1.0)]


def test_latency_quantiles_are_observed_values() -> None:
    values = {r["x"]: r["value"] for r in of("total_us", status=200)}

    assert len(values) == len(QUANTILES)
    assert (values[0.0], values[0.5], values[0.99], values[1.0]) == (10.0, 10.0, 40.0, 40.0)


def test_statuses_and_failures_are_counted_apart() -> None:
    assert {r["status"]: r["value"] for r in of("status")} == {200: 2.0, 500: 1.0, 503: 1.0}
    assert [(r["label"], r["value"]) for r in of("failure")] == [("reset", 1.0)]


def test_the_error_chain_is_conditioned_on_what_came_before() -> None:
    # ok, error, error, ok, error: after ok 2 of 2 were errors, after an error 1 of 2.
    assert {r["x"]: r["value"] for r in of("error_run", endpoint="")} == {0.0: 1.0, 1.0: 0.5}


@pytest.mark.parametrize(
    ("status", "failure", "expected"),
    [(200, None, False), (404, None, False), (500, None, True), (None, "reset", True), (200, "truncated", True)],
)
def test_an_error_is_the_services_own(status: int | None, failure: str | None, expected: bool) -> None:
    assert is_error(status, failure) is expected


def test_nothing_has_no_shape() -> None:
    assert shape_rows([]) == []
