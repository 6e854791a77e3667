from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.bloom import Bloom


@given(st.sets(st.text(max_size=6)), st.sampled_from((8, 64, 1 << 16)))
def test_what_was_added_always_passes(texts: set[str], size: int) -> None:
    bloom = Bloom(size)
    for text in texts:
        bloom.add(text)
    assert all(map(bloom.may_hold, texts))


def test_nothing_passes_an_empty_filter_and_few_others_a_roomy_one() -> None:
    bloom = Bloom(1 << 16)
    assert not any(bloom.may_hold(f"other {n}") for n in range(1000))
    for number in range(1000):
        bloom.add(f"value {number}")
    # 2,000 of 65,536 bits: (2000 / 65536) ** 2 is about 1 in 1,074.
    assert sum(bloom.may_hold(f"other {n}") for n in range(10_000)) < 60
