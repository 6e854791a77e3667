"""Curves of a trace or a pack over time, as series that a plot can draw.

A capture may last seconds or years, so the bucket grows until a few hundred of them hold the whole span, and the
y axis is named after it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from smartsandbox.pipelines.plot import Series

if TYPE_CHECKING:
    from smartsandbox.packs.pack import Pack
    from smartsandbox.packs.trace import Trace

SECOND = 1_000_000
BUCKETS = ((1, "seconds"), (60, "minutes"), (3600, "hours"), (86_400, "days"), (30 * 86_400, "spans of 30 days"))
MOST = 400


def arrivals(times_us: Iterable[int], name: str = "exchanges") -> tuple[Series, str]:
    """Arrivals a bucket from the first time on, and the bucket's name. Empty input, empty series."""
    return _bucketed(Counter(time // SECOND for time in times_us), name)


def _bucketed(seconds: Mapping[int, float], name: str) -> tuple[Series, str]:
    """Counts by second as counts by bucket from the first second on, zeros included."""
    if not seconds:
        return Series(name, ()), "seconds"
    first, last = min(seconds), max(seconds)
    width, label = next((item for item in BUCKETS if last - first < MOST * item[0]), BUCKETS[-1])
    counts: Counter[int] = Counter()
    for second, count in seconds.items():
        counts[(second - first) // width] += int(count)
    return Series(name, tuple((float(at), float(counts[at])) for at in range(max(counts) + 1))), label


def trace_times(trace: "Trace") -> list[int]:
    """The start time of every exchange, in microseconds, read from its own column only."""
    import pyarrow.parquet as pq

    return [
        int(time) for part in trace.partitions() for time in pq.ParquetFile(part).read(["started_us"])[0].to_pylist()
    ]


def pack_curve(pack: "Pack") -> tuple[Series, str]:
    """Exchanges of a pack a bucket, from its shape, and the bucket's name."""
    rows = (row for row in pack.table("shape").to_pylist() if row["measure"] == "qps")
    return _bucketed({int(row["x"]): row["value"] for row in rows}, pack.manifest.template)
