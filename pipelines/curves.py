"""Curves of a trace or a pack over time, as series that a plot can draw.

A capture may last seconds or years, so the bucket grows until a few hundred of them hold the whole span, and the
y axis is named after it.
"""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from smartsandbox.pipelines.plot import Series

if TYPE_CHECKING:
    from smartsandbox.packs.pack import Pack
    from smartsandbox.packs.trace import Trace

SECOND = 1_000_000
BUCKETS = ((1, "second"), (60, "minute"), (3600, "hour"), (86_400, "day"), (30 * 86_400, "30 days"))
MOST = 400


def arrivals(times_us: Iterable[int], name: str = "exchanges") -> tuple[Series, str]:
    """Arrivals a bucket from the first time on, zeros included, and the bucket's name. Empty input, empty series."""
    ordered = sorted(times_us)
    if not ordered:
        return Series(name, ()), "second"
    span = (ordered[-1] - ordered[0]) // SECOND + 1
    width, label = next((item for item in BUCKETS if span <= MOST * item[0]), BUCKETS[-1])
    counts = Counter((time - ordered[0]) // (width * SECOND) for time in ordered)
    return Series(name, tuple((float(at), float(counts[at])) for at in range(max(counts) + 1))), label


def trace_times(trace: "Trace") -> list[int]:
    """The start time of every exchange, in microseconds, read from its own column only."""
    import pyarrow.parquet as pq

    return [
        int(time) for part in trace.partitions() for time in pq.ParquetFile(part).read(["started_us"])[0].to_pylist()
    ]


def pack_curve(pack: "Pack") -> Series:
    """Exchanges a second of a pack, from its shape, zeros included."""
    rows = [row for row in pack.table("shape").to_pylist() if row["measure"] == "qps"]
    counts = {int(row["x"]): float(row["value"]) for row in rows}
    return Series(
        pack.manifest.template, tuple((float(at), counts.get(at, 0.0)) for at in range(max(counts, default=-1) + 1))
    )
