"""Which part of a long value is searched for."""

from __future__ import annotations

import random

from smartsandbox.anonymize.leaks.needles import LONGEST
from smartsandbox.anonymize.leaks.parts import COMMON, Parts
from smartsandbox.anonymize.leaks.scanner import LeakScanner
from smartsandbox.anonymize.vocabulary import Vocabulary


def prose(seed: int, words: int = 80) -> str:
    """Made-up words of 80 times 3 to 9 letters: more than LONGEST."""
    draw = random.Random(seed)
    return " ".join("".join(draw.choices("abcdefghijklmnop", k=draw.randrange(3, 9))) for _ in range(words))


BEGIN, END = prose(1), prose(2)


def test_a_long_value_is_cut_between_words_from_its_beginning_to_its_end() -> None:
    value = prose(3)
    ((first, *_, last),) = Parts([value], Vocabulary())
    assert value.startswith(first + " ")
    assert value.endswith(" " + last)
    assert LONGEST - 12 < len(first) <= LONGEST
    assert list(Parts(["short", "short one"], Vocabulary())) == [("short one",)]


def test_a_text_that_holds_all_but_the_last_word_does_not_hold_the_value() -> None:
    value = f"{prose(3)} quillon"
    assert LeakScanner([value]).finds(f"<p>{value}</p>")
    assert not LeakScanner([value]).finds(value.removesuffix("quillon"))
    assert not LeakScanner([value]).finds(f"{value[:300]} and so on")


def test_what_many_values_have_in_common_is_no_hit_and_each_of_them_is() -> None:
    values = [f"{BEGIN} {prose(20 + number, 400)} {END}" for number in range(COMMON)]
    scanner = LeakScanner(values)
    assert all(scanner.finds(f'{{"note": "{value}"}}') for value in values)
    assert not scanner.finds(f"{BEGIN} something else {END}")
    assert not scanner.finds(values[0].replace(BEGIN, "Ladies and gentlemen,"))


def test_a_value_of_commonplaces_only_is_not_searched_for() -> None:
    assert LeakScanner([*[BEGIN] * COMMON, "short one"]).count == 1


def test_public_words_alone_are_not_searched_for() -> None:
    plain = "This is the expected criteria for the final answer. " * 8
    assert LeakScanner([plain]).count == 0
    assert LeakScanner([f"{prose(6)} {plain}"]).finds(f"{prose(6)} {plain}")


def test_a_long_token_is_cut_anywhere() -> None:
    token = "".join(random.Random(5).choices("abc123", k=600))
    assert list(Parts([token], Vocabulary())) == [(token[:256], token[172:428], token[344:])]
    assert LeakScanner([token]).finds(f"x{token}y")
