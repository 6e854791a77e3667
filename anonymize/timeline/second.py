"""A second release of the same capture, as far as time goes: what an adversary could lay beside the first one.

Nothing is rewritten for it. Its key is thrown away with the run, and is drawn from the run's own so that a test key
repeats it.
"""

from __future__ import annotations

from collections.abc import Callable

from smartsandbox.anonymize.keys import KEY_BYTES, RunKey
from smartsandbox.anonymize.retime import WEEK_US
from smartsandbox.anonymize.timeline.course import Course, CourseLog
from smartsandbox.anonymize.timeline.retiming import retimed
from smartsandbox.packs.model import Exchange


def second_start(log: CourseLog, course: Course, k: int, key: RunKey) -> Callable[[Exchange], int]:
    """Gives the start of a raw exchange in the second release, in microseconds, with the whole weeks undone."""
    line = retimed(course, k, RunKey(key.prf("second release", "")[:KEY_BYTES]))
    line.release()
    log.release()
    return lambda exchange: int(line.started_us[log.row_of(exchange)]) - line.weeks * WEEK_US
