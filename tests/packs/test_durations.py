from __future__ import annotations

import pytest

from smartsandbox.packs.durations import duration


@pytest.mark.parametrize(
    ("us", "said"),
    [
        (0, "0 µs"),
        (850, "850 µs"),
        (8_123, "8.12 ms"),
        (999_900, "1 s"),
        (2_900_000, "2.9 s"),
        (59_990_000, "1 min"),
        (93_000_000, "1 min 33 s"),
        (120_000_000, "2 min"),
        (93_900_000_000, "26 h 5 min"),
        (172_799_000_000, "47 h 59 min"),
        (172_800_000_000, "2 d"),
        (82_849_371_626_000, "958 d 21 h"),
        (None, "unknown"),
    ],
)
def test_a_duration_has_the_unit_a_reader_would_choose(us: float | None, said: str) -> None:
    assert duration(us) == said
