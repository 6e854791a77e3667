"""Which part of a long value is searched for."""

from __future__ import annotations

import random

import pytest

from smartsandbox.anonymize.leaks.needles import LONGEST
from smartsandbox.anonymize.leaks.parts import COMMON, Parts
from smartsandbox.anonymize.leaks.scanner import LeakScanner
from smartsandbox.anonymize.vocabulary import Vocabulary


def prose(seed: int, words: int = 80) -> str:
    """Made-up words of 80 times 3 to 9 letters: more than LONGEST."""
    draw = random.Random(seed)
    return " ".join("".join(draw.choices("abcdefghijklmnop", k=draw.randrange(3, 9))) for _ in range(words))


BEGIN, END = prose(1), prose(2)


def test_of_a_long_value_the_end_is_searched_for_from_a_whole_word_on() -> None:
    value = prose(3)
    (part,) = Parts([value], Vocabulary())
    assert value.endswith(" " + part)
    assert LONGEST - 12 < len(part) <= LONGEST
    assert list(Parts(["short one", value], Vocabulary())) == ["short one", part]


@pytest.mark.parametrize("cut", [True, False])
def test_an_end_that_many_values_have_is_no_hit_and_another_part_is(cut: bool) -> None:
    values = [f"{prose(10 + number)} {END}" for number in range(COMMON if cut else COMMON - 1)]
    scanner = LeakScanner(values)
    assert scanner.finds(f"Published: {END}") is not cut
    assert all(scanner.finds(f"<p>{value}</p>") for value in values)


def test_between_a_common_beginning_and_a_common_end_the_middle_tells() -> None:
    values = [f"{BEGIN} {prose(20 + number, 400)} {END}" for number in range(COMMON)]
    scanner = LeakScanner(values)
    assert not scanner.finds(f"{BEGIN} something else {END}")
    assert all(scanner.finds(f'{{"note": "{value}"}}') for value in values)


def test_a_value_of_commonplaces_only_is_not_searched_for() -> None:
    values = [f"{BEGIN} {number} {prose(4, 2000)} {END}" for number in range(COMMON)]
    assert LeakScanner([*values, "short one"]).count == 1


def test_of_a_text_that_ends_in_public_words_what_stands_before_them_tells() -> None:
    plain = "This is the expected criteria for the final answer. " * 8
    value = f"{prose(6)} {plain}"
    assert not LeakScanner([value]).finds(plain)
    assert LeakScanner([value]).finds(f'"{value}"')
    assert LeakScanner([plain]).count == 0


def test_a_long_token_is_cut_anywhere() -> None:
    token = "".join(random.Random(5).choices("abc123", k=900))
    assert list(Parts([token], Vocabulary())) == [token[-LONGEST:]]
    assert LeakScanner([token]).finds(f"x{token}y")
