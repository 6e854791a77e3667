"""Traffic by endpoint, by hand."""

from __future__ import annotations

from pathlib import Path

from smartsandbox.packs.model import FailureKind
from smartsandbox.packs.testing import a_request, a_response, an_exchange, certified_trace
from smartsandbox.pipelines.endpoint_table import COLUMNS, endpoint_rows


def test_endpoints_are_counted_with_their_sessions_errors_and_latencies(tmp_path: Path) -> None:
    get, post = a_request("GET", "/v1/a"), a_request("POST", "/v1/b")
    certified_trace(
        tmp_path / "t",
        [
            an_exchange("1", get, a_response(), total_us=10_000),
            an_exchange("2", get, a_response(404), at_us=1, total_us=20_000, session="s2"),
            an_exchange("3", get, a_response(503), at_us=2, total_us=30_000, session="s2"),
            an_exchange("4", get, failure=FailureKind.RESET, at_us=86_400_000_000, total_us=None),
            an_exchange("5", post, a_response(201), at_us=3, total_us=None),
        ],
    )

    rows = endpoint_rows(tmp_path / "t")

    assert rows == [("GET /v1/a", 4, 2, 50.0, 20.0, 29.0), ("POST /v1/b", 1, 1, 0.0, None, None)]
    assert len(rows[0]) == len(COLUMNS)
