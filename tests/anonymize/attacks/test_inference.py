"""Inference: reading a secret off the nearest row."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from smartsandbox.anonymize.attacks.base import AttackResult, Sample
from smartsandbox.anonymize.attacks.inference import OTHERS, Inference, commonest
from smartsandbox.anonymize.attacks.people import People, tabulate

As = Callable[[People], Sample]
INSIDE = [{"city": f"c{at}", "illness": f"i{at % 4}"} for at in range(48)]
OUTSIDE = [{"city": f"d{at}", "illness": f"i{at % 4}"} for at in range(48)]


def run(published: list[dict[str, str]], people_only: As, seed: int = 1) -> AttackResult:
    original, shown, control = map(people_only, tabulate((INSIDE, published, OUTSIDE), ["city", "illness"]))
    return Inference().run(original, shown, control, np.random.default_rng(seed))


def of(result: AttackResult, part: str) -> tuple[int, int]:
    return next((trial.attempts, trial.successes) for trial in result.trials if trial.part == part)


def test_who_knows_the_city_reads_the_illness_off_a_copy(people_only: As) -> None:
    assert of(run(INSIDE, people_only), "illness") == (36 * 50, 36 * 50)


def test_who_guesses_is_right_as_often_as_the_value_is_published(people_only: As) -> None:
    by_part = {trial.part: trial for trial in run(INSIDE, people_only).trials}
    assert by_part["illness"].baseline_successes == pytest.approx(36 * 50 / 4)
    assert by_part["city"].baseline_successes == pytest.approx(by_part["city"].attempts / 48)


def test_people_with_the_commonest_value_are_not_tried(people_only: As) -> None:
    assert commonest(np.array([3.0, 1.0, 3.0, np.nan])) == 3.0
    assert of(run(INSIDE, people_only), "illness")[0] == (48 - 12) * 50


def test_a_publication_of_the_wrong_values_teaches_nothing(people_only: As) -> None:
    wrong = [{**row, "illness": "none"} for row in INSIDE]
    assert of(run(wrong, people_only), "illness")[1] == 0


def test_every_attribute_is_a_part(people_only: As) -> None:
    assert {trial.part for trial in run(INSIDE, people_only).trials} == {"city", "illness"}


def with_rare(secrets: int, share: float, first: int, rng: np.random.Generator) -> People:
    """400 people of whom a share has each of the rare attributes."""
    rare = np.where(rng.random((400, secrets)) < share, rng.integers(1, 9, (400, secrets)), np.nan)
    cells = np.column_stack((first + np.arange(400.0), rng.integers(9, size=400), rare))
    names = ("person", "pet", *(f"rare{at}" for at in range(secrets)))
    return People(names, np.zeros(len(names), np.bool_), cells)


@pytest.mark.parametrize(
    ("secrets", "share", "parts"), [(1, 0.01, {"person", "pet"}), (8, 0.05, {"person", "pet", OTHERS})]
)
def test_attributes_of_few_are_one_part_together_if_that_is_enough(
    secrets: int, share: float, parts: set[str], people_only: As
) -> None:
    rng = np.random.default_rng(8)
    inside, outside = (people_only(with_rare(secrets, share, first, rng)) for first in (0, 1000))
    found = Inference().run(inside, inside, outside, np.random.default_rng(1))
    assert {trial.part for trial in found.trials} == parts


def test_a_number_is_inferred_within_a_twentieth_of_the_people(people_only: As) -> None:
    rows = [{"city": f"c{at}", "amount": str(at * at)} for at in range(100)]
    near = [{**row, "amount": str(at * at + 1)} for at, row in enumerate(rows)]
    far = [{**row, "amount": str(((at + 50) % 100) ** 2)} for at, row in enumerate(rows)]
    for published, expected in ((near, 100), (far, 0)):
        samples = map(people_only, tabulate((rows, published, rows), ["city", "amount"]))
        assert of(Inference().run(*samples, np.random.default_rng(1)), "amount") == (3000, 30 * expected)
