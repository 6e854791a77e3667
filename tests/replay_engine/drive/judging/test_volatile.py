"""Causes of volatile values, by examples of each."""

from __future__ import annotations

import re
from typing import Any

import pytest

from smartsandbox.replay_engine.drive.judging.rules import Keep
from smartsandbox.replay_engine.drive.judging.volatile import classified


@pytest.mark.parametrize(
    ("place", "pairs", "cause", "keep"),
    [
        ("/at", [("2026-01-31T10:00:00Z", "2026-01-31T10:00:07.123+00:00")], "timestamp", Keep.REGEX),
        ("/at", [(1700000000, 1700000009)], "timestamp", Keep.TYPE),
        ("/at", [("1700000000", "1700000009")], "timestamp", Keep.REGEX),
        (
            "header:last-modified",
            [("Tue, 14 Nov 2023 22:13:20 GMT", "Wed, 15 Nov 2023 22:13:20 GMT")],
            "timestamp",
            Keep.REGEX,
        ),
        ("/id", [("8b9cad0e-1f20-4a2b-8c3d-4e5f60718293", "0b9cad0e-1f20-4a2b-8c3d-4e5f60718290")], "uuid", Keep.REGEX),
        ("/id", [("01ARZ3NDEKTSV4RRFFQ69G5FAV", "01BX5ZZKBKACTAV9WEVGEMMVRZ")], "ulid", Keep.REGEX),
        ("/id", [("ord_a1b2c3d4", "ord_99ffee00"), ("ord_12121212", "ord_aaaa1111")], "random id", Keep.REGEX),
        ("/id", [("ord_a1b2c3d4", "pay_99ffee00")], "unexplained", Keep.TYPE),
        ("/seq", [(17, 18), (20, 30)], "counter", Keep.TYPE),
        ("/seq", [("inv-0017", "inv-0018")], "counter", Keep.REGEX),
        ("/rate", [(10.0, 10.1), (5.0, 5.0)], "jitter", Keep.WITHIN),
        ("/rate", [(1000, 1010), (1010, 1000)], "jitter", Keep.WITHIN),
        ("/id", [(9_000_001, 9_000_007), (9_000_007, 9_000_001)], "random number", Keep.TYPE),
        ("/n", [(10.5, 200.25)], "random number", Keep.TYPE),
        ("/token", [("eyJhbGciOiJIUzI1NiJ9.e30.abc", "eyJhbGciOiJIUzI1NiJ9.e30.xyz")], "signature", Keep.REGEX),
        ("header:x-hub-signature-256", [("sha256=ab12", "sha256=cd34")], "signature", Keep.REGEX),
        ("/body_hash", [("a1b2c3d4e5", "99ffee0011")], "signature", Keep.REGEX),
        ("header:x-request-id", [("a1b2c3d4e5", "99ffee0011")], "trace id", Keep.REGEX),
        ("/word", [("open", "closed")], "unexplained", Keep.TYPE),
        ("/mixed", [("open", 7)], "unexplained", Keep.TYPE),
    ],
)
def test_each_kind_has_its_cause_and_its_rule(place: str, pairs: list[tuple[Any, Any]], cause: str, keep: Keep) -> None:
    found = classified(place, pairs)

    assert (found.cause, found.keep) == (cause, keep)
    if keep is Keep.REGEX:
        assert all(re.fullmatch(found.pattern, text) for pair in pairs for text in pair)


def test_a_tolerance_is_twice_what_was_seen_rounded_up() -> None:
    assert classified("/rate", [(100.0, 101.0)]).tolerance == 0.02


def test_the_form_of_an_id_keeps_its_prefix_letters_and_length() -> None:
    assert classified("/id", [("ord_a1b2c3d4", "ord_99ffee00")]).pattern == "ord_[0-9a-f]{8}"
