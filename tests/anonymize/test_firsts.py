"""First values of owners, against a dictionary."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.firsts import Firsts

SEEN = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz"), st.sampled_from(("", "1", "2")),
                          st.integers(0, 9)))  # fmt: skip


@given(SEEN)
def test_the_value_of_the_least_number_counts(seen: list[tuple[str, str, str, int]]) -> None:
    firsts, known = Firsts(), dict[tuple[str, str], tuple[int, str]]()
    for owner, name, value, number in seen:
        firsts.note(owner, name, value, number)
        if number < known.get((owner, name), (10, ""))[0]:
            known[owner, name] = (number, value)
    assert {(owner, name): (number, value) for owner, name, value, number in firsts} == known
    rows = firsts.rows()
    assert {owner: dict(row) for owner, row in rows.items()} == {
        owner: {name: value for (of, name), (_, value) in known.items() if of == owner} for owner in rows
    }
    assert list(rows) == list(dict.fromkeys(owner for owner, *_ in seen))
    assert len(rows) == len(list(rows))
