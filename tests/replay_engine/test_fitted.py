"""Groups of recorded times, and draws from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.model import Exchange, FailureKind
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.fitted import ENOUGH, Fitted, Group, Times, size_class, us_per_byte
from smartsandbox.replay_engine.rows import Rows


def load(folder: Path, exchanges: list[Exchange]) -> Times:
    return Times.of(Rows.load(make_pack(folder, exchanges)))


def one(name: str, first: int | None, total: int | None, body: bytes = b"", status: int = 200) -> Exchange:
    response = a_response(status, body=body)
    return an_exchange(name, a_request(target="/a"), response, at_us=int(name), ttfb_us=first, total_us=total)


def test_times_are_of_complete_answers_with_a_known_time(tmp_path: Path) -> None:
    times = load(
        tmp_path,
        [
            one("1", 10, 30, b"four"),
            one("2", None, 40),
            one("3", 50, None),
            one("4", None, None),
            an_exchange("5", a_request(target="/a"), failure=FailureKind.RESET, at_us=5),
        ],
    )

    assert times.row.tolist() == [0, 1, 2]
    assert (times.first.tolist(), times.total.tolist()) == ([10.0, 40.0, 50.0], [30.0, 40.0, 50.0])
    assert times.size.tolist() == [4, 0, 0]


@pytest.mark.parametrize(("size", "kind"), [(0, 0), (1, 1), (3, 1), (4, 2), (15, 2), (16, 3), (63, 3), (64, 4)])
def test_size_classes_are_powers_of_four(size: int, kind: int) -> None:
    assert size_class(size) == kind


def test_a_draw_takes_first_and_last_byte_of_one_recording(tmp_path: Path) -> None:
    group = Fitted(load(tmp_path, [one("1", 10, 30), one("2", 15, 20)])).group(0, 200, 0)

    assert (group.draw(0.0, 0), group.draw(0.49, 0), group.draw(0.5, 0)) == ((15, 20), (15, 20), (10, 30))


def test_statuses_and_large_bodies_have_times_of_their_own_and_others_stand_in(tmp_path: Path) -> None:
    small = [one(str(at), 10, 10, b"x") for at in range(ENOUGH)]
    large = [one(str(100 + at), 90, 90, b"x" * 100) for at in range(ENOUGH)]
    fitted = Fitted(load(tmp_path, [*small, *large, one("200", 5, 5, status=404)]))

    assert fitted.group(0, 200, 1).draw(0.99, 1) == (10, 10)
    assert fitted.group(0, 200, 100).draw(0.0, 100) == (90, 90)
    assert [fitted.group(0, 200, 5000).draw(share, 1)[0] for share in (0.0, 0.99)] == [10, 90]
    assert fitted.group(0, 404, 0).draw(0.5, 0) == (5, 5)
    assert len(fitted.group(0, 500, 0).total) == len(fitted.group(7, 200, 0).total) == 2 * ENOUGH + 1


def test_body_time_grows_by_the_byte_as_recorded(tmp_path: Path) -> None:
    times = load(tmp_path, [one(str(at), 10, 10 + 3 * at, b"x" * at) for at in range(1, 101)])

    assert us_per_byte(times, times.row) == pytest.approx(3.0)
    group = Group.of(0, times, times.row[:1], 3.0)
    assert group.draw(0.5, 11) == (10, 10 + 3 * 11)
    assert group.draw(0.5, 0) == (10, 10)


def test_times_that_do_not_depend_on_length_stay_what_they_are(tmp_path: Path) -> None:
    times = load(tmp_path, [one(str(at), 10, 30, b"x" * (at % 7)) for at in range(1, 101)])

    assert us_per_byte(times, times.row) == 0.0


def test_lengths_that_explain_next_to_nothing_do_not_count(tmp_path: Path) -> None:
    # Bodies of 10 or 11 bytes, and times from 0 to 990 us, of which a byte more is 10 us slower in the mean.
    odd = [one(str(at), 0, 10 * at, b"x" * (10 + at % 2)) for at in range(1, 100)]

    assert us_per_byte(load(tmp_path, odd), np.arange(99)) == 0.0


@given(st.floats(0, 1, exclude_max=True), st.integers(0, 10_000), st.floats(0, 100))
def test_draws_are_ordered_and_never_negative(share: float, size: int, slope: float) -> None:
    first, total = Group(0, memoryview(b"\x00\x05"), memoryview(b"\x01\x09"), memoryview(b"\x03\x00"), slope).draw(
        share, size
    )

    assert 0 <= first <= total


def test_a_pack_without_times_has_nothing_to_draw_from(tmp_path: Path) -> None:
    assert not Fitted(load(tmp_path, [one("1", None, None)]))
