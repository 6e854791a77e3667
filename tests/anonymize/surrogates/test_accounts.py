"""Where e-mail addresses stand in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.surrogates.accounts import EMAIL, emails_in

TEXTS = st.lists(
    st.sampled_from(("a", "ab.c", "@", "@@", ".", "..", "-", "é", " ", "<", ">", "mail.test", "+x", "x" * 70, "\n")),
    max_size=12,
).map("".join)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ann <ann.lee@mail.test>, bob@mail.test.", ["ann.lee@mail.test", "bob@mail.test"]),
        ("a@b@c.test", ["a@b"]),
        ("a@b.test!c@d.test", ["a@b.test", "!c@d.test"]),
        ("@handle and 5 @ noon, x@", []),
    ],
)
def test_addresses_of_a_text(text: str, found: list[str]) -> None:
    assert list(emails_in(text)) == found


@given(TEXTS)
def test_what_stands_around_an_at_sign_is_what_the_pattern_finds_anywhere(text: str) -> None:
    assert list(emails_in(text)) == [match[0] for match in EMAIL.finditer(text)]


def test_a_run_of_megabytes_is_looked_at_once() -> None:
    run = "Z" * 4_000_000
    assert list(emails_in(f"{run}@mail.test {run} {run}")) == [f"{'Z' * 64}@mail.test"]
    assert EMAIL.search(run) is None
