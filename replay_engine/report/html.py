"""The report as one HTML file that needs nothing else: no script, no font, no network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from smartsandbox.replay_engine.report.differences import difference_html
from smartsandbox.replay_engine.report.style import STYLE as STYLE
from smartsandbox.replay_engine.report.svg import Curve, QuantileRow, quantile_chart, step_chart
from smartsandbox.replay_engine.report.words import number, pace, percent

_KEY = '<p class="key"><span class="recorded"><i></i>recorded</span> <span class="replayed"><i></i>replayed</span></p>'
_SHAPE = {
    "interarrival_ks": "inter-arrival times (KS)",
    "qps_error": "requests by the second (share of error)",
    "duration_error": "duration (share of error)",
    "latency_ks_max": "latency, worst endpoint (KS)",
    "status_tv": "status mix (total variation)",
    "error_run_ks": "error-run lengths (KS)",
}
_SHOWN = 40


def to_html(report: Mapping[str, Any]) -> str:
    """A page from a report's JSON value."""
    pack, verdict = report["pack"], report["verdict"]
    title = f"Replay of {pack['name']}@{pack['version']}"
    return "\n".join(
        (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>",
            '<div class="banner" role="note">TEST ONLY: sandbox traffic, no production data</div>',
            f"<h1>{escape(title)}</h1>",
            f'<p class="sub">against {escape(report["target"])}, {escape(pace(report))}</p>',
            f'<p>Verdict: <span class="verdict {verdict["name"]}">{verdict["name"]}</span></p>',
            _list([*verdict["reasons"], *report["notes"]]),
            _summary(report),
            "<h2>Requests a second</h2>",
            qps_figure(report),
            _latency(report),
            difference_html(report),
            _status(report),
            _shape(report),
            _objectives(report),
            "</body></html>\n",
        )
    )


def _list(reasons: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(reason)}</li>" for reason in reasons) + "</ul>" if reasons else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join("<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _cell(text: str) -> str:
    """A path may break after each slash."""
    return escape(text).replace("/", "/<wbr>")


def _summary(report: Mapping[str, Any]) -> str:
    counts, shares = report["counts"], report["shares"]
    failed = sum(counts["failed"].values())
    facts = _table(
        ("sent", "answered", "failed", "shed", "bound", "unbound", "matched", "errors", "seconds", "requests/s"),
        [
            (
                number(counts["sent"]),
                number(counts["answered"]),
                number(failed),
                number(counts["shed"]),
                number(counts["bound"]),
                number(counts["unbound"]),
                percent(shares["matched"]),
                percent(shares["errors"]),
                number(counts["seconds"], 1),
                number(counts["rate"], 1),
            )
        ],
    )
    names = {
        "response": "response time, from the intended start",
        "service": "service time, from when it was taken up",
        "session_wait": "held back by its own session",
        "lateness": "lateness of the generator",
    }
    times = _table(
        ("milliseconds", "p50", "p95", "p99", "max"),
        [(words, *_quantiles(report["latency_ms"][name])) for name, words in names.items()],
    )
    return facts + _messages(report["messages"]) + times


def _messages(said: Mapping[str, Any]) -> str:
    """A table for a run with WebSockets."""
    if not said["conversations"]:
        return ""
    names = {"conversations": "WebSockets", "sent": "messages sent", **{name: name for name in list(said)[2:]}}
    return _table(tuple(names.values()), [tuple(number(said[name]) for name in names)])


def _quantiles(summary: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(number(summary[name], 2) for name in ("p50", "p95", "p99", "max"))


def qps_figure(report: Mapping[str, Any]) -> str:
    """The curves of requests a second, recorded and replayed, for a page that has STYLE."""
    qps = report["qps"]
    curves = [Curve(kind, kind, qps[kind]) for kind in ("recorded", "replayed")]
    peak = {kind: max(qps[kind], default=0.0) for kind in ("recorded", "replayed")}
    words = f"Peaks: {peak['recorded']:g} recorded (at this run's pace), {peak['replayed']:g} replayed."
    chart = step_chart("Requests a second", words, curves, qps["bin_seconds"], "requests/s")
    return f'<p class="sub">{escape(words)}</p>{_KEY}{chart}'


def _latency(report: Mapping[str, Any]) -> str:
    busiest = sorted(report["endpoints"], key=lambda item: -item["scheduled"])[:_SHOWN]
    names = ("p50", "p95", "p99")
    rows: list[QuantileRow] = [
        (
            item["endpoint"],
            {
                "recorded": [item["recorded_ms"][name] for name in names],
                "replayed": [item["service_ms"][name] for name in names],
            },
        )
        for item in busiest
    ]
    words = "For each endpoint p50, p95 and p99 of the recorded total time and of the replayed service time."
    head = ("endpoint", "sent", "recorded p50", "p95", "p99", "replayed p50", "p95", "p99", "KS", "differing")
    table = _table(head, [_endpoint_row(item) for item in busiest])
    more = len(report["endpoints"]) - len(busiest)
    note = f'<p class="sub">{more} less busy endpoints are in the JSON report.</p>' if more > 0 else ""
    chart = quantile_chart("Latency by endpoint", words, rows)
    return f'<h2>Latency by endpoint</h2><p class="sub">{words}</p>{_KEY}{chart}{table}{note}'


def _endpoint_row(item: Mapping[str, Any]) -> tuple[str, ...]:
    cells = [number(item[kind][name], 2) for kind in ("recorded_ms", "service_ms") for name in ("p50", "p95", "p99")]
    return (item["endpoint"], number(item["scheduled"]), *cells, number(item["latency_ks"]), number(item["differing"]))


def _status(report: Mapping[str, Any]) -> str:
    mixes = report["status"]["recorded"], report["status"]["replayed"]
    names = sorted(mixes[0].keys() | mixes[1].keys())
    rows = [(name, *(number(mix.get(name, 0)) for mix in mixes)) for name in names]
    return "<h2>Status mix</h2>" + _table(("status or failure", "recorded", "replayed"), rows)


def _shape(report: Mapping[str, Any]) -> str:
    rows = [(words, number(report["shape"][name], 4)) for name, words in _SHAPE.items()]
    return "<h2>Distance from the recorded shape</h2>" + _table(("0 is the same shape", "distance"), rows)


def _objectives(report: Mapping[str, Any]) -> str:
    if not report["objectives"]:
        return ""
    rows = [
        (item["objective"], number(item["measured"], 4), "held" if item["held"] else "breached")
        for item in report["objectives"]
    ]
    return "<h2>Objectives</h2>" + _table(("objective", "measured", ""), rows)
