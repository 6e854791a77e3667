import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.keys import GivenKey, OsKeys
from smartsandbox.anonymize.retime import WEEK_S, Shift, is_time


@pytest.mark.parametrize(
    ("value", "moved"),
    [
        ("1586112345", "1585507545"),
        ("1586112345123", "1585507545123"),
        ("1586112345.000200", "1585507545.000200"),
        ("2020-04-05T10:00:00.123+02:00", "2020-03-29T10:00:00.123+02:00"),
        ("2020-04-05", "2020-03-29"),
        ("2020-04-05 10:00:00 UTC", "2020-03-29 10:00:00 UTC"),
        ("Tue, 15 Nov 1994 08:12:31 GMT", "Tue, 08 Nov 1994 08:12:31 GMT"),
        ("Tue, 15-Nov-94 08:12:31 GMT", "Tue, 08-Nov-94 08:12:31 GMT"),
        ("Tue Nov 15 08:12:31 1994", "Tue Nov  8 08:12:31 1994"),
        ("20200405T101112Z", "20200329T101112Z"),
        ("9999-12-31T00:00:00Z", "9999-12-31T00:00:00Z"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        ("2147483647", "2147483647"),
    ],
)
def test_a_time_moves_by_a_week_in_its_own_notation(value: str, moved: str) -> None:
    assert Shift(-1).text(value) == moved


@pytest.mark.parametrize("value", ["", "hello", "12345", "2020-02-30", "12345678901234567890123", "10:30"])
def test_what_is_no_time_is_told_apart(value: str) -> None:
    assert Shift(-1).text(value) is None
    assert not is_time(value)


def test_the_shift_follows_from_the_key_and_is_whole_weeks_back() -> None:
    key = GivenKey("11" * 32).key()
    shift = Shift.of(key)
    assert shift == Shift.of(key)
    assert -260 <= shift.weeks <= -26
    assert len({Shift.of(OsKeys().key()).weeks for _ in range(40)}) > 10


EPOCH = st.integers(5 * 10**8, 7 * 10**9 - 1).filter(lambda second: second != 2**31 - 1)


@given(EPOCH, EPOCH)
def test_distances_and_order_stay(one: int, other: int) -> None:
    shift = Shift(-30)
    moved = [int(shift.text(str(value)) or 0) for value in (one, other)]
    assert moved[1] - moved[0] == other - one
    assert one - moved[0] == 30 * WEEK_S
