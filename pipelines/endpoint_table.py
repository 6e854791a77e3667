"""Traffic by endpoint as a table for the UI: DuckDB in memory over a trace's Parquet files.

Endpoints are path templates and hold no value of a request, so this is for anonymised traces; a raw one has none.
"""

from pathlib import Path

MOST_ENDPOINTS = 100

_QUERY = """
SELECT
    endpoint,
    count(*) AS exchanges,
    count(DISTINCT session) AS sessions,
    round(100.0 * count(*) FILTER (failure IS NOT NULL OR status >= 500) / count(*), 2) AS errors_percent,
    round(quantile_cont(total_us, 0.50) / 1000, 1) AS p50_ms,
    round(quantile_cont(total_us, 0.95) / 1000, 1) AS p95_ms
FROM read_parquet(?)
GROUP BY endpoint
ORDER BY exchanges DESC, endpoint
LIMIT ?
"""

COLUMNS = ("endpoint", "exchanges", "sessions", "errors, %", "p50, ms", "p95, ms")

Row = tuple[str | None, int, int, float, float | None, float | None]


def endpoint_rows(trace: Path) -> list[Row]:
    """One row an endpoint, the busiest first, in the order of COLUMNS; latencies are None where none was recorded."""
    import duckdb

    with duckdb.connect() as connection:
        pattern = str(trace / "service=*" / "day=*" / "part-*.parquet")
        return connection.execute(_QUERY, [pattern, MOST_ENDPOINTS]).fetchall()
