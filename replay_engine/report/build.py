"""The report of a run as one JSON value: what was planned, what happened, and how near the shapes are.

Version 1. Latencies are milliseconds, times and bins seconds, shares of 1. It holds counts, quantiles and names of
endpoints; no value of a request or an answer.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from smartsandbox.replay_engine.drive.correlation.binder import Bound
from smartsandbox.replay_engine.drive.driver import Driven
from smartsandbox.replay_engine.drive.outcomes import FAILURES, Differs, Ending
from smartsandbox.replay_engine.report import distances
from smartsandbox.replay_engine.report.differences import against, differences
from smartsandbox.replay_engine.report.latency import encoded, summary
from smartsandbox.replay_engine.report.objectives import Objective
from smartsandbox.replay_engine.report.verdict import judge_run

if TYPE_CHECKING:
    from smartsandbox.replay_engine.drive.both import Both

REPORT_FORMAT = 1
_BINS = 120
_MOST_ENDPOINTS = 500
_ENOUGH = 50
"""Answers of an endpoint below which its latency distance says nothing: with three, it moves in thirds."""
_SAME_GAP_S = 1e-6
_WAITED_S, _WAITED_SHARE = 0.010, 0.05
_EVEN = 1.5
"""How many times larger than an even one a worker's share may be before it is worth telling."""

Report = dict[str, Any]
Mask = npt.NDArray[np.bool_]


def build_report(driven: Driven, objectives: Sequence[Objective] = (), both: Both | None = None) -> Report:
    """The report of a finished run, with its verdict; `both` where a second target was driven beside it."""
    manifest, options, outcomes = driven.pack.manifest, driven.options, driven.outcomes
    report: Report = {
        "format": REPORT_FORMAT,
        "kind": "smartsandbox.drive",
        "test_only": True,
        "pack": {"name": manifest.name, "version": manifest.version, "digest": manifest.digest},
        "target": driven.target.url,
        "pacing": options.pacing.to_json(),
        "interrupted": driven.interrupted,
        "workers": {"count": driven.workers, "lost": list(driven.lost)},
        "counts": _counts(driven),
        "latency_ms": {
            "response": summary(outcomes.response_time),
            "service": summary(outcomes.service_time),
            "lateness": summary(outcomes.lateness),
            "session_wait": summary(outcomes.session_wait),
        },
        "endpoints": _endpoints(driven),
        "status": {"recorded": _recorded_mix(driven), "replayed": _replayed_mix(driven)},
        "qps": _curves(driven),
        "histograms": {
            "response": encoded(outcomes.response_time),
            "service": encoded(outcomes.service_time),
            "lateness": encoded(outcomes.lateness),
        },
    }
    report["shares"] = _shares(driven, report["counts"])
    report["differences"] = differences(outcomes.tally)
    report["messages"] = asdict(outcomes.messages)
    if both is not None:
        report["against"] = against(both)
        report["shares"]["agreed"] = report["against"]["agreed"]
    report["shape"] = _shape(driven, report)
    report["notes"] = _notes(driven)
    report["objectives"] = [objective.check(report) for objective in objectives]
    verdict, reasons = judge_run(report, options.lateness_bound * 1000)
    report["verdict"] = {"name": verdict.value, "reasons": reasons, "lateness_bound_ms": options.lateness_bound * 1000}
    return {key: _plain(value) for key, value in report.items()}


def _plain(value: Any) -> Any:
    """JSON has no NaN: what could not be measured is null."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _counts(driven: Driven) -> dict[str, Any]:
    outcomes = driven.outcomes
    endings = Counter(outcomes.ending.tolist())
    sent = int(outcomes.attempted.sum())
    span = _span(driven)
    return {
        "scheduled": len(outcomes),
        "sent": sent,
        "answered": endings[Ending.ANSWERED],
        "failed": {kind.name.lower(): endings[kind] for kind in FAILURES if endings[kind]},
        "shed": endings[Ending.SHED],
        "not_sent": endings[Ending.NOT_SENT],
        "withheld": endings[Ending.WITHHELD],
        **{kind.name.lower(): int((outcomes.bound == kind).sum()) for kind in (Bound.BOUND, Bound.UNBOUND)},
        "bytes": int(outcomes.size.sum()),
        "planned_seconds": float(outcomes.due[-1]) if len(outcomes) else 0.0,
        "seconds": span,
        "rate": sent / span if span else 0.0,
    }


def _span(driven: Driven) -> float:
    """From the first request taken up to the last, in seconds."""
    taken = driven.outcomes.dispatched[driven.outcomes.attempted]
    return float(taken.max() - taken.min()) if len(taken) else 0.0


def _shares(driven: Driven, counts: dict[str, Any]) -> dict[str, Any]:
    outcomes, sent = driven.outcomes, counts["sent"]
    differs = outcomes.differs[outcomes.attempted]
    errors = (outcomes.attempted & ~outcomes.answered) | (outcomes.answered & (outcomes.status >= 500))
    return {
        "errors": float(errors.sum() / sent) if sent else None,
        "matched": float((differs == 0).sum() / sent) if sent else None,
        "shed": counts["shed"] / counts["scheduled"] if counts["scheduled"] else None,
        "differs": {bit.name.lower(): int((differs & bit != 0).sum()) for bit in Differs if bit.name},
    }


def _recorded_seconds(driven: Driven, mask: Mask) -> npt.NDArray[np.float64]:
    """Recorded total times of complete answers in a part of the schedule; unknown ones are left out."""
    total = np.asarray(driven.rows.total_us)[driven.outcomes.rows[mask]]
    complete = np.asarray(driven.rows.failures)[driven.outcomes.rows[mask]] < 0
    return np.asarray(total[complete & (total >= 0)] / 1e6)


def _endpoints(driven: Driven) -> list[dict[str, Any]]:
    codes = np.asarray(driven.rows.endpoint.codes)[driven.outcomes.rows]
    found = Counter(codes.tolist()).most_common(_MOST_ENDPOINTS)
    names = driven.rows.endpoint.names
    return [_endpoint(driven, names[code], codes == code) for code, _ in sorted(found, key=lambda pair: names[pair[0]])]


def _endpoint(driven: Driven, name: str, mask: Mask) -> dict[str, Any]:
    outcomes = driven.outcomes
    answered = mask & outcomes.answered
    recorded, service = _recorded_seconds(driven, mask), outcomes.service_time[answered]
    return {
        "endpoint": name,
        "scheduled": int(mask.sum()),
        "answered": int(answered.sum()),
        "failed": int((mask & outcomes.attempted & ~outcomes.answered).sum()),
        "differing": int((outcomes.differs[mask & outcomes.attempted] != 0).sum()),
        "recorded_ms": summary(recorded),
        "service_ms": summary(service),
        "response_ms": summary(outcomes.response_time[answered]),
        "latency_ks": distances.ks(recorded, service),
        "latency_wasserstein_ms": distances.wasserstein(recorded, service) * 1000,
        "histograms": {"response": encoded(outcomes.response_time[answered]), "service": encoded(service)},
    }


def _recorded_mix(driven: Driven) -> dict[str, int]:
    rows = driven.rows
    mix: Counter[str] = Counter()
    for row in driven.outcomes.rows.tolist():
        failure = rows.failure(row)
        mix[failure.value if failure else str(rows.status[row])] += 1
    return dict(sorted(mix.items()))


def _replayed_mix(driven: Driven) -> dict[str, int]:
    outcomes = driven.outcomes
    mix: Counter[str] = Counter()
    for ending, status in zip(outcomes.ending.tolist(), outcomes.status.tolist(), strict=True):
        if ending == Ending.ANSWERED:
            mix[str(status)] += 1
        elif ending in FAILURES:
            mix[Ending(ending).name.lower()] += 1
    return dict(sorted(mix.items()))


def _curves(driven: Driven) -> dict[str, Any]:
    """Requests a second, planned and sent, in equal bins over the run. The plan is the recorded curve, warped."""
    outcomes = driven.outcomes
    sent = outcomes.dispatched[outcomes.attempted]
    longest = max(float(outcomes.due[-1]) if len(outcomes) else 0.0, float(sent.max()) if len(sent) else 0.0)
    width = _nice(max(longest, 0.1) / _BINS)
    bins = int(longest / width) + 1
    edges = np.arange(bins + 1) * width
    return {
        "bin_seconds": width,
        "recorded": (np.histogram(outcomes.due, edges)[0] / width).tolist(),
        "replayed": (np.histogram(sent, edges)[0] / width).tolist(),
    }


def _nice(width: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(width))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= width)


def _shape(driven: Driven, report: Report) -> dict[str, Any]:
    outcomes = driven.outcomes
    attempted = outcomes.attempted
    sent = np.sort(outcomes.dispatched[attempted])
    planned = outcomes.due[attempted]
    told = (item["latency_ks"] for item in report["endpoints"] if item["recorded_ms"]["count"] >= _ENOUGH)
    kss = [value for value in told if not math.isnan(value)]
    seconds = (np.bincount(times.astype(np.int64)) for times in (planned, sent))
    plan, took = float(planned[-1] - planned[0]) if len(planned) else 0.0, report["counts"]["seconds"]
    return {
        "interarrival_ks": _interarrival(np.diff(planned), np.diff(sent)),
        "qps_error": distances.count_error(*seconds) if len(sent) else float("nan"),
        "duration_error": abs(took - plan) / plan if plan else float("nan"),
        "latency_ks_max": max(kss, default=float("nan")),
        "status_tv": distances.total_variation(report["status"]["recorded"], report["status"]["replayed"]),
        "error_run_ks": distances.ks(*_error_runs(driven)),
    }


def _interarrival(planned: distances.Sample, sent: distances.Sample) -> float:
    """The distance of the gaps; NaN where all planned ones are the same, whose distribution is a single step."""
    if len(planned) and np.ptp(planned) < _SAME_GAP_S:
        return float("nan")
    return distances.ks(planned, sent)


def _notes(driven: Driven) -> list[str]:
    """What a reader should know that is no fault of the generator or the target."""
    return [*_about_target(driven), *_about_sessions(driven), *_about_pace(driven)]


def _about_target(driven: Driven) -> list[str]:
    target, away = driven.target, int(driven.outcomes.away.sum())
    notes = []
    if target.address and target.host != target.address:
        notes.append(
            f"{target.host} was resolved once, before the run, to {target.address}; every connection went there"
        )
    if away:
        notes.append(f"{away:,} answers redirect to another host or port than the target's; none was followed")
    return notes


def _about_sessions(driven: Driven) -> list[str]:
    return [*_unbound(driven), *_waited(driven), *_uneven(driven)]


def _uneven(driven: Driven) -> list[str]:
    if driven.unevenness <= _EVEN:
        return []
    return [
        f"one of the {driven.workers} workers drove {driven.unevenness:.1f} times its share, because sessions that take"
        " values from each other's answers stay together; without binding (--no-bind) they are dealt evenly"
    ]


def _about_pace(driven: Driven) -> list[str]:
    shared = driven.options.pacing.shared
    if not (np.diff(driven.outcomes.due) <= shared).any() or not shared:
        return []
    return [
        f"requests of this even pace that were due within {shared * 1000:g} ms of each other went out together, at the"
        " last one's time: waking costs more than sending"
    ]


def _unbound(driven: Driven) -> list[str]:
    count = int((driven.outcomes.bound == Bound.UNBOUND).sum())
    sent = "were not sent" if driven.options.skip_unbound else "went out with the recorded value"
    return [f"{count} requests needed a value that the target never answered, and {sent}"] if count else []


def _waited(driven: Driven) -> list[str]:
    waits = driven.outcomes.session_wait[driven.outcomes.attempted]
    share = float((waits > _WAITED_S).mean()) if len(waits) else 0.0
    if share < _WAITED_SHARE:
        return []
    return [
        f"{share:.0%} of the requests started late because their own session still waited for an answer: at this pace"
        " the target's latency leaves no time between them, and the replayed curve trails the planned one"
    ]


def _error_runs(driven: Driven) -> tuple[distances.Sample, distances.Sample]:
    rows, outcomes = driven.rows, driven.outcomes
    attempted = outcomes.attempted
    chosen = outcomes.rows[attempted]
    recorded = (np.asarray(rows.failures)[chosen] >= 0) | (np.asarray(rows.status)[chosen] >= 500)
    replayed = (~outcomes.answered | (outcomes.status >= 500))[attempted]
    if not recorded.any() and not replayed.any():
        return np.zeros(1), np.zeros(1)  # neither had an error: no distance
    return distances.runs(recorded), distances.runs(replayed)
