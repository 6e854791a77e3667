"""A session's clock: shifted, frozen, or running at a factor."""

from __future__ import annotations

import pytest

from smartsandbox.replay_engine.moments import DAY, SECOND
from smartsandbox.replay_engine.virtual_time import VirtualTime, clock_named

NOW = 1_770_000_000 * SECOND
FROZEN = 1_767_225_600 * SECOND
"""2026-01-01T00:00:00Z"""


@pytest.mark.parametrize(
    ("text", "at_once", "ten_seconds_later"),
    [
        ("shift=+3d", NOW + 3 * DAY, NOW + 3 * DAY + 10 * SECOND),
        ("shift=-90m", NOW - 5400 * SECOND, NOW - 5390 * SECOND),
        ("freeze=2026-01-01T00:00:00Z", FROZEN, FROZEN),
        ("freeze=2026-01-01T02:00:00+02:00", FROZEN, FROZEN),
        ("freeze=2026-01-01", FROZEN, FROZEN),
        ("rate=10", NOW, NOW + 100 * SECOND),
        ("freeze=2026-01-01T00:00:00Z, rate=2", FROZEN, FROZEN + 20 * SECOND),
    ],
)
def test_what_a_setting_makes_of_the_time(text: str, at_once: int, ten_seconds_later: int) -> None:
    clock = clock_named(text, NOW)
    assert clock is not None
    assert [clock.now(NOW), clock.now(NOW + 10 * SECOND)] == [at_once, ten_seconds_later]


def test_a_rate_goes_on_from_the_time_on_the_clock() -> None:
    clock = clock_named("rate=0.5", NOW + 10 * SECOND, VirtualTime(FROZEN, NOW, 2.0))
    assert clock is not None
    assert clock.now(NOW + 20 * SECOND) == FROZEN + 25 * SECOND
    assert clock_named("off", NOW, clock) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("shift=3 days", "such as [+]3d"),
        ("shift=+999999999w", "200 years"),
        ("freeze=yesterday", "2026-01-01T00:00:00Z"),
        ("rate=-1", "from 0"),
        ("rate=nan", "from 0"),
        ("rate=fast", "from 0"),
        ("speed=2", "not one of"),
        ("", "not one of"),
    ],
)
def test_a_wrong_setting_is_said(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        clock_named(text, NOW)
