"""The log is read back by HdrHistogram's own reader, and adds up to the run."""

from __future__ import annotations

import numpy as np
from hdrh.histogram import HdrHistogram

from smartsandbox.replay_engine.drive.outcomes import Outcomes
from smartsandbox.replay_engine.report.hlog import TAGS, to_hlog
from smartsandbox.replay_engine.report.latency import histogram


def outcomes(count: int) -> Outcomes:
    """Due every 0.3 s; answered after 1 ms, 2 ms, and so on; every fifth never."""
    made = Outcomes(np.arange(count), np.arange(count) * 0.3)
    made.dispatched[:] = made.due + 0.0005
    made.lateness[:] = 0.0005
    made.finished[:] = made.due + np.arange(1, count + 1) / 1000
    made.finished[::5] = np.nan
    return made


def intervals(text: str, tag: str) -> list[tuple[float, HdrHistogram]]:
    found = []
    for line in text.splitlines():
        if line.startswith(f"Tag={tag},"):
            _, start, _, _, payload = line.split(",")
            found.append((float(start), HdrHistogram.decode(payload)))
    return found


def counts(found: HdrHistogram) -> dict[int, int]:
    return {item.value_iterated_to: item.count_at_value_iterated_to for item in found.get_recorded_iterator()}


def test_the_seconds_of_a_log_add_up_to_the_whole() -> None:
    made = outcomes(20)
    text = to_hlog(made)
    whole = {"response": made.response_time, "service": made.service_time, "lateness": made.lateness}
    for tag in TAGS:
        total = HdrHistogram(1, 3_600_000_000, 3)
        for _, found in intervals(text, tag):
            total.add(found)
        assert counts(total) == counts(histogram(whole[tag]))
    assert [start for start, _ in intervals(text, "lateness")] == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert intervals(text, "response")[0][1].get_total_count() == 3  # due at 0, 0.3, 0.6, 0.9; the first had no answer


def test_the_log_says_its_format_and_its_label() -> None:
    lines = to_hlog(outcomes(1)).splitlines()
    assert lines[1].startswith("#[Histogram log format version 1.")
    assert "TEST ONLY" in lines[0]
