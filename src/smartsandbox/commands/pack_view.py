"""A pack at a glance: what it is, how its traffic runs, and how fast and how often wrong each endpoint answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.table import Table

from smartsandbox.packs.durations import duration
from smartsandbox.packs.manifest import Manifest
from smartsandbox.packs.shape import Row
from smartsandbox.replay_engine.report.terminal import sparkline

COLUMNS = 60
MOST_ROWS = 30
_LONGEST = 80
_QUANTILES = (0.5, 0.95, 0.99, 1.0)


def heading(manifest: Manifest) -> Iterator[str]:
    """Lines on what the pack is and holds."""
    counts = {name: count for name, count in manifest.counts.items() if count}
    yield f"{manifest.name}@{manifest.version}  TEST ONLY  service {manifest.service}, template {manifest.template}"
    yield f"  digest     {manifest.digest}"
    yield f"  holds      {', '.join(f'{count:,} {name}' for name, count in counts.items())}"
    yield f"  lasts      {duration(manifest.span_us)}"
    dropped = manifest.ledger.get("dropped", {})
    if dropped:
        yield f"  left out   {', '.join(f'{reason}: {count:,}' for reason, count in dropped.items())}"
    if not manifest.anonymised:
        yield "  NOT ANONYMISED: made with a given test key; keep it out of any shared place"


def curve(shape: Iterable[Row]) -> str:
    """Requests a second over time, in at most COLUMNS steps of whole seconds, and the most in any one second."""
    by_second = {int(row["x"]): row["value"] for row in shape if row["measure"] == "qps"}
    seconds = max(by_second, default=-1) + 1
    step = max(1, -(-seconds // COLUMNS))
    rates = [0.0] * -(-seconds // step)
    for second, count in by_second.items():
        rates[second // step] += count / step
    line, peak = sparkline(rates, max(rates, default=0.0)), max(by_second.values(), default=0.0)
    return f"  requests   {line}  {duration(step * 1e6)} a step, at most {peak:,.0f} a second"


def endpoints(shape: Sequence[Row]) -> Table:
    """The busiest endpoints by status or kind of failure, with the times of complete answers."""
    times: dict[tuple[str, str], dict[float, float]] = defaultdict(dict)
    for row in shape:
        if row["measure"] == "total_us":
            times[row["endpoint"], str(row["status"])][row["x"]] = row["value"]
    table = Table(box=None, header_style="bold")
    table.add_column("endpoint", no_wrap=True, overflow="ellipsis", max_width=_LONGEST)
    for name in ("ends as", "exchanges", "p50", "p95", "p99", "max"):
        table.add_column(name, no_wrap=True)
    counted = sorted(_counted(shape), key=lambda one: -one[2])
    for endpoint, ending, count in counted[:MOST_ROWS]:
        found = times.get((endpoint, ending), {})
        cells = (duration(found[at]) if at in found else "" for at in _QUANTILES)
        table.add_row(endpoint, ending, f"{count:,}", *cells)
    if len(counted) > MOST_ROWS:
        rest = counted[MOST_ROWS:]
        table.add_row(f"and {len(rest):,} more", "", f"{sum(one[2] for one in rest):,}")
    return table


def _counted(shape: Iterable[Row]) -> Iterator[tuple[str, str, int]]:
    for row in shape:
        ending: Any = {"status": row["status"], "failure": row["label"]}.get(row["measure"])
        if ending is not None:
            yield row["endpoint"], str(ending), int(row["value"])
