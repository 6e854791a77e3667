"""Pools gather numbers with their holders, in bounded memory, and publish in the notation of each value."""

from __future__ import annotations

from smartsandbox.anonymize.amounts import Amounts
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.pools import NumberBands, Pool

KEY = RunKey(b"0123456789abcdef")


def settled(values: dict[str, list[str]], k: int = 3, most: int = 1000) -> NumberBands:
    """A pool with each holder's values."""
    pool = Pool(most)
    for holder, texts in values.items():
        for text in texts:
            pool.note(text, holder)
    return pool.settle("amount", k, KEY, lambda name: name.partition("/")[0])


MANY = {f"p{at}": [f"{at * 137 + 11}.{at % 100:02d}"] for at in range(60)}


def test_equal_numbers_are_published_equal_in_every_notation() -> None:
    pool = settled({**MANY, "x": ["1500"], "y": ["1500.0"], "z": ["-1,500.00"]})
    one = pool.text("1500.00")
    assert one is not None
    assert pool.text("USD 1500.00") == "USD " + one
    assert pool.text("-1500.00") == "-" + one
    assert pool.text("1,500.00") == f"{float(one):,.2f}"


def test_aliases_of_one_person_count_once() -> None:
    assert settled({"p/a": ["1"], "p/b": ["2"], "q": ["3"]}).bands is None
    assert settled({"p": ["1"], "r": ["2"], "q": ["3"]}).bands is not None


def test_what_is_no_number_is_left_to_others() -> None:
    assert settled(MANY).text("n/a") is None


def test_a_pool_remembers_no_more_than_it_may_and_still_gives_bands() -> None:
    pool = Pool(most=50)
    for at in range(5000):
        pool.note(str(at), f"p{at % 1000}")
    found = pool.settle("amount", 3, KEY, str)
    assert len(found.counts) <= 50
    assert found.bands is not None
    assert found.bands.smallest >= 3


def test_one_holder_of_everything_does_not_fill_the_memory() -> None:
    pool = Pool(most=50)
    for at in range(5000):
        pool.note(str(at), "p")
    assert len(pool.settle("amount", 3, KEY, str).counts) <= 50


def test_the_distance_is_that_of_the_two_distributions() -> None:
    assert settled(MANY).distance() < 0.2
    assert settled({"p": ["1", "2"]}).distance() == 1.0


def test_an_amount_in_a_text_is_that_of_its_field_also_if_the_field_counts_cents() -> None:
    decimals, cents = settled(MANY), settled({who: [str(at * 137 + 1011)] for at, who in enumerate(MANY)})
    assert Amounts({"amount": decimals}).of("148.01") == decimals.text("148.01")
    made = cents.text("1148")
    assert made is not None
    assert Amounts({"amount": cents}).of("11.48") == f"{int(made) / 100:.2f}"


def test_years_and_numbers_of_no_pool_are_not_amounts() -> None:
    amounts = Amounts({"amount": settled({**MANY, "x": ["2026"]})})
    assert amounts.of("2026") is None
    assert amounts.of("87654321") is None
    assert Amounts({}).of("12.30") is None


def test_a_sum_that_no_field_held_is_replaced_like_its_neighbours() -> None:
    pool = settled(MANY)
    assert Amounts({"amount": pool}).of("149.77") == pool.text("149.77")
