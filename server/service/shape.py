"""`shape.parquet` in the words of a reader. Pure: rows of `packs.schema.SHAPE` in, a PackShape out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from smartsandbox.server.models.base import Curve
from smartsandbox.server.models.shape import ErrorRun, FailureCount, Latency, PackShape, StatusCount
from smartsandbox.server.service.curve import curve_of

Row = dict[str, Any]


def shape_of(rows: Sequence[Row], points: int) -> PackShape:
    """Lists are in the order of the rows: by endpoint, then status or kind."""
    by_measure: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_measure[row["measure"]].append(row)
    statuses = [_status(row) for row in by_measure["status"]]
    return PackShape(
        curve=curve_from(by_measure["qps"], points),
        latency=_latencies(by_measure["total_us"], {(s.endpoint, s.status): s.count for s in statuses}),
        statuses=statuses,
        failures=[_failure(row) for row in by_measure["failure"]],
        error_runs=_error_runs(by_measure["error_run"]),
    )


def curve_from(rows: Iterable[Row], points: int) -> Curve:
    """The curve that rows of the measure "qps" draw; other rows are passed over."""
    return curve_of(((int(row["x"]), row["value"]) for row in rows if row["measure"] == "qps"), points)


def _status(row: Row) -> StatusCount:
    return StatusCount(endpoint=row["endpoint"], status=row["status"], count=int(row["value"]))


def _failure(row: Row) -> FailureCount:
    return FailureCount(endpoint=row["endpoint"], kind=row["label"], count=int(row["value"]))


def _latencies(rows: Iterable[Row], counts: dict[tuple[str, int], int]) -> list[Latency]:
    quantiles: dict[tuple[str, int], dict[float, float]] = defaultdict(dict)
    for row in rows:
        quantiles[row["endpoint"], row["status"]][row["x"]] = row["value"]
    return [
        Latency(
            endpoint=endpoint,
            status=status,
            count=counts.get((endpoint, status), 0),
            p50_us=values[0.5],
            p95_us=values[0.95],
            p99_us=values[0.99],
            max_us=values[1.0],
        )
        for (endpoint, status), values in quantiles.items()
    ]


def _error_runs(rows: Iterable[Row]) -> list[ErrorRun]:
    chances: dict[str, dict[float, float]] = defaultdict(dict)
    for row in rows:
        chances[row["endpoint"]][row["x"]] = row["value"]
    return [
        ErrorRun(endpoint=endpoint, after_success=values.get(0.0), after_error=values.get(1.0))
        for endpoint, values in chances.items()
    ]
