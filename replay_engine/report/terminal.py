"""The report as text for a terminal or a CI log: the verdict last, where the eye ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from smartsandbox.replay_engine.report.differences import difference_lines
from smartsandbox.replay_engine.report.words import number, pace, percent

_BLOCKS = "▁▂▃▄▅▆▇█"
_COLUMNS = 60
_ENDPOINTS = 12


def to_text(report: Mapping[str, Any]) -> str:
    """A few dozen lines from a report's JSON value."""
    return "\n".join(_lines(report))


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    counts, shares, pack = report["counts"], report["shares"], report["pack"]
    yield f"{pack['name']}@{pack['version']} against {report['target']}, {pace(report)}   TEST ONLY"
    failed = ", ".join(f"{count} {kind}" for kind, count in counts["failed"].items()) or "none"
    yield f"sent {counts['sent']:,} of {counts['scheduled']:,}, answered {counts['answered']:,}, failed {failed}"
    yield f"took {counts['seconds']:.1f} s, {counts['rate']:.1f} requests/s; matched {percent(shares['matched'])}"
    if counts["bound"] or counts["unbound"]:
        yield f"live values bound into {counts['bound']:,} requests, missing in {counts['unbound']:,}"
    differs = ", ".join(f"{name} {count:,}" for name, count in shares["differs"].items() if count)
    if differs:
        yield f"differing answers: {differs}"
    said = report["messages"]
    if said["conversations"]:
        yield (
            f"messages on {said['conversations']:,} WebSockets: {said['sent']:,} sent, {said['received']:,} received;"
            f" {said['differing']:,} differing, {said['missing']:,} missing, {said['added']:,} added"
        )
    yield ""
    yield f"{'milliseconds':<46}{'p50':>10}{'p95':>10}{'p99':>10}{'max':>10}"
    for name, words in (
        ("response", "response time, from the intended start"),
        ("service", "service time, from when it was taken up"),
        ("session_wait", "held back by its own session"),
        ("lateness", "lateness of the generator"),
    ):
        yield words.ljust(46) + _cells(report["latency_ms"][name], ("p50", "p95", "p99", "max"))
    yield ""
    yield from _endpoints(report["endpoints"])
    yield ""
    yield from difference_lines(report)
    for kind in ("recorded", "replayed"):
        yield f"endings {kind}  {_mix(report['status'][kind])}"
    yield ""
    top = max((*report["qps"]["recorded"], *report["qps"]["replayed"]), default=0.0)
    for kind in ("recorded", "replayed"):
        yield f"requests/s {kind}  {sparkline(report['qps'][kind], top)}  peak {max(report['qps'][kind], default=0):g}"
    yield ""
    shape = "  ".join(f"{name} {number(value, 4)}" for name, value in report["shape"].items())
    yield f"distance from the recorded shape: {shape}"
    yield from (f"note: {line}" for line in report["notes"])
    for item in report["objectives"]:
        yield f"objective {item['objective']}: {number(item['measured'], 4)} {'held' if item['held'] else 'BREACHED'}"
    yield " ".join((f"verdict: {report['verdict']['name']}.", "; ".join(report["verdict"]["reasons"]))).rstrip()


def _mix(counts: Mapping[str, int]) -> str:
    """Statuses and kinds of failure with their counts, statuses first."""
    return "  ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))


def _endpoints(endpoints: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield f"{'endpoint':<46}{'recorded p50/p95/p99':>24}{'replayed p50/p95/p99':>24}{'n':>8}"
    busiest = sorted(endpoints, key=lambda item: -item["scheduled"])
    for item in busiest[:_ENDPOINTS]:
        name = item["endpoint"] if len(item["endpoint"]) <= 45 else item["endpoint"][:44] + "…"
        cells = [
            "/".join(number(item[kind][quantile], 1) for quantile in ("p50", "p95", "p99"))
            for kind in ("recorded_ms", "service_ms")
        ]
        yield f"{name:<46}{cells[0]:>24}{cells[1]:>24}{item['scheduled']:>8,}"
    if len(busiest) > _ENDPOINTS:
        yield f"… and {len(busiest) - _ENDPOINTS} more endpoints in the JSON report"


def _cells(summary: Mapping[str, Any], names: Sequence[str]) -> str:
    return "".join(number(summary[name], 2).rjust(10) for name in names)


def sparkline(values: Sequence[float], top: float) -> str:
    """At most 60 columns, each the mean of its bins, on a scale from 0 to `top`."""
    if not values or top <= 0:
        return ""
    columns = min(_COLUMNS, len(values))
    parts = [values[len(values) * at // columns : len(values) * (at + 1) // columns] for at in range(columns)]
    return "".join(_BLOCKS[min(7, int(sum(part) / len(part) / top * 8))] for part in parts)
