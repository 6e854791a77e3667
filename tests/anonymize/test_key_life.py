"""What the surrogates of small domains tell somebody who has the code and not the key: nothing better than chance.

All telephone numbers of one exchange are few enough to try each of them, which undoes an unsalted hash.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

import numpy as np
import pytest

from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.surrogates.book import Book
from smartsandbox.anonymize.values import Values
from smartsandbox.anonymize.vocabulary import Vocabulary

NUMBERS = [f"212736{line:04d}" for line in range(10_000)]
VICTIMS = NUMBERS[17::41]
SPACE = 800 * 100
"""Area codes by line numbers that a surrogate of such a number may have."""
FIVE_SIGMA = 5


def published(secret: bytes, numbers: Iterable[str]) -> dict[str, str]:
    """Number to surrogate, as a run under a key would publish them."""
    values = Values()
    for number in numbers:
        values.note(number, "phone")
    book = Book(RunKey(secret), values, Vocabulary())
    book.settle()
    return {number: book.of(number, "phone") for number in numbers}


@pytest.fixture(scope="module")
def victims() -> dict[str, str]:
    return published(sha256(b"the key of the run").digest(), VICTIMS)


def recovered(victims: dict[str, str], dictionary: dict[str, str]) -> int:
    """How many numbers somebody names rightly by looking their surrogates up in a dictionary of all numbers."""
    by_surrogate = {made: number for number, made in dictionary.items()}
    return sum(1 for number, made in victims.items() if by_surrogate.get(made) == number)


@pytest.mark.slow
def test_a_dictionary_of_all_numbers_made_without_the_key_finds_no_more_than_chance(victims: dict[str, str]) -> None:
    guesses = [bytes(32), b"\xff" * 32, sha256(b"212736").digest(), sha256(b"another key").digest()]
    right = sum(recovered(victims, published(guess, NUMBERS)) for guess in guesses)
    expected = len(guesses) * len(VICTIMS) / SPACE
    assert right <= expected + FIVE_SIGMA * np.sqrt(expected) + 1


def test_whoever_holds_the_key_finds_every_one(victims: dict[str, str]) -> None:
    with_the_key = published(sha256(b"the key of the run").digest(), VICTIMS)
    assert recovered(victims, with_the_key) == len(VICTIMS)


def test_the_order_of_the_numbers_is_lost(victims: dict[str, str]) -> None:
    ranks = np.argsort(np.argsort([victims[number] for number in sorted(victims)]))
    correlation = np.corrcoef(np.arange(len(ranks)), ranks)[0, 1]
    assert abs(correlation) < FIVE_SIGMA / np.sqrt(len(ranks))


@pytest.mark.slow
def test_the_pseudonyms_of_two_keys_share_what_chance_makes_them_share() -> None:
    first, second = (published(sha256(name).digest(), NUMBERS[:4000]) for name in (b"first", b"second"))
    sizes = [len(set(made.values())) for made in (first, second)]
    expected = sizes[0] * sizes[1] / SPACE
    shared = len(set(first.values()) & set(second.values()))
    assert abs(shared - expected) < FIVE_SIGMA * np.sqrt(expected)
    same = sum(1 for number in first if first[number] == second[number])
    assert same <= len(first) / SPACE + FIVE_SIGMA
