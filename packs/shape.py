"""The shape of a pack: how often, how fast and how often wrong, as rows of one long table (schema.SHAPE).

qps          exchanges a second by second from the start, for the whole pack ("")
total_us     latency quantiles by endpoint and status; ttfb_us likewise
status       answers by endpoint and status
failure      exchanges without a complete answer, by endpoint and kind
error_run    a two-state Markov chain by endpoint and for the whole: P(error) after a success (x=0), after an error
             (x=1), where an error is a 5xx or a failure
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

QUANTILES = (0.0, 0.01, 0.05, *(round(step / 20, 2) for step in range(2, 19)), 0.95, 0.99, 0.999, 1.0)

Row = dict[str, Any]


def is_error(status: int | None, failure: str | None) -> bool:
    """An error of the service's own: a 5xx answer, or no complete answer."""
    return failure is not None or status is None or status >= 500


def shape_rows(exchanges: Sequence[Row]) -> list[Row]:
    """The shape of exchange rows (schema.EXCHANGES order); rows come out in a fixed order."""
    return [
        *_qps(exchanges),
        *_quantiles(exchanges, "total_us"),
        *_quantiles(exchanges, "ttfb_us"),
        *_counts(exchanges),
        *_error_runs(exchanges),
    ]


def _row(measure: str, endpoint: str, value: float, **more: Any) -> Row:
    return {"measure": measure, "endpoint": endpoint, "value": value, "status": None, "x": None, "label": None, **more}


def _qps(exchanges: Sequence[Row]) -> Iterable[Row]:
    seconds = Counter(row["offset_us"] // 1_000_000 for row in exchanges)
    for second, count in sorted(seconds.items()):
        yield _row("qps", "", float(count), x=float(second))


def _quantiles(exchanges: Sequence[Row], column: str) -> Iterable[Row]:
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row in exchanges:
        if row["status"] is not None and row[column] is not None:
            groups[row["endpoint"], row["status"]].append(row[column])
    for (endpoint, status), values in sorted(groups.items()):
        for quantile, value in zip(QUANTILES, np.quantile(values, QUANTILES, method="inverted_cdf"), strict=True):
            yield _row(column, endpoint, float(value), status=status, x=quantile)


def _counts(exchanges: Sequence[Row]) -> Iterable[Row]:
    answered = Counter((row["endpoint"], row["status"]) for row in exchanges if row["status"] is not None)
    for (endpoint, status), count in sorted(answered.items()):
        yield _row("status", endpoint, float(count), status=status)
    failed = Counter((row["endpoint"], row["failure"]) for row in exchanges if row["failure"] is not None)
    for (endpoint, kind), count in sorted(failed.items()):
        yield _row("failure", endpoint, float(count), label=kind)


def _error_runs(exchanges: Sequence[Row]) -> Iterable[Row]:
    runs: dict[str, list[bool]] = defaultdict(list)
    for row in exchanges:
        wrong = is_error(row["status"], row["failure"])
        runs[""].append(wrong)
        runs[row["endpoint"]].append(wrong)
    for endpoint, states in sorted(runs.items()):
        for before in (False, True):
            after = [now for last, now in pairwise(states) if last == before]
            if after:
                yield _row("error_run", endpoint, sum(after) / len(after), x=float(before))
