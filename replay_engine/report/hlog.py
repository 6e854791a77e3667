"""The run's latencies as an HdrHistogram log (.hlog): an interval a second, tagged, for tools that plot and merge.

Values are microseconds, as in the report's histograms; intervals count from the run's start by when a request was due.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from hdrh.log import HistogramLogWriter

from smartsandbox.replay_engine.drive.outcomes import Outcomes
from smartsandbox.replay_engine.report.latency import histogram

TAGS = ("response", "service", "lateness")
_MILLISECOND = 1000.0


def to_hlog(outcomes: Outcomes) -> str:
    """The log. A second in which nothing was measured has no line."""
    text = io.StringIO()
    log = HistogramLogWriter(text)
    log.output_comment("[TEST ONLY: latencies of a replay, in microseconds]")
    log.output_log_format_version()
    log.output_comment("[BaseTime: 0.000 (seconds since epoch)]")
    log.output_legend()
    samples = {
        "response": outcomes.response_time,
        "service": outcomes.service_time,
        "lateness": outcomes.lateness,
    }
    for second, chosen in _by_second(outcomes.due):
        for tag in TAGS:
            found = histogram(samples[tag][chosen])
            if found.get_total_count():
                found.set_start_time_stamp(second * 1000)
                found.set_end_time_stamp(second * 1000 + 1000)
                text.write(f"Tag={tag},")
                log.output_interval_histogram(found, max_value_unit_ratio=_MILLISECOND)
    return text.getvalue()


def _by_second(due: npt.NDArray[np.float64]) -> Iterator[tuple[int, slice]]:
    """Each second with the places that are due in it; `due` never decreases."""
    seconds = due.astype(np.int64)
    starts = np.flatnonzero(np.diff(seconds, prepend=-1)).tolist()
    for start, end in zip(starts, [*starts[1:], len(seconds)], strict=True):
        yield int(seconds[start]), slice(start, end)
