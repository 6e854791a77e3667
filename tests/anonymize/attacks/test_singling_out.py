"""Singling out: four people by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from smartsandbox.anonymize.attacks.base import Sample
from smartsandbox.anonymize.attacks.people import NOBODY, People, tabulate
from smartsandbox.anonymize.attacks.singling_out import Condition, Multivariate, Univariate, fitting

FOUR = [
    {"city": "Ulm", "pet": "cat"},
    {"city": "Ulm", "pet": "dog"},
    {"city": "Bonn", "pet": "cat"},
    {"city": "Bonn", "pet": "dog"},
]
STRANGERS = [
    {"city": "Jena", "pet": "cat"},
    {"city": "Jena", "pet": "cat"},
    {"city": "Jena", "pet": "dog"},
    {"city": "Jena", "pet": "dog"},
]
ALIKE = [{"city": "Ulm", "pet": "cat"}] * 4
As = Callable[[People], Sample]


def run(attack: Univariate | Multivariate, published: list[dict[str, str]], people_only: As) -> tuple[int, int, int]:
    original, shown, control = map(people_only, tabulate((FOUR, published, STRANGERS), ["city", "pet"]))
    trial = attack.run(original, shown, control, np.random.default_rng(1)).worst
    return trial.attempts, trial.successes, trial.control_successes


def test_conditions_count_the_rows_that_fit_all_of_them() -> None:
    four = tabulate((FOUR,), ["city", "pet"])[0]
    assert fitting((Condition(0, "=", 0.0),), four) == 2
    assert fitting((Condition(0, "=", 0.0), Condition(1, "=", 1.0)), four) == 1
    assert fitting((Condition(0, "missing", 0.0),), four) == 0


def test_no_single_value_is_alone_but_every_pair_is(people_only: As) -> None:
    assert run(Univariate(), FOUR, people_only) == (4, 0, 0)
    attempts, successes, control = run(Multivariate(attributes=2, most=50), FOUR, people_only)
    assert (attempts, successes, control) == (4, 4, 0)


def test_a_table_without_unique_rows_is_attacked_with_what_it_has(people_only: As) -> None:
    attempts, successes, _ = run(Multivariate(attributes=2, most=50), ALIKE, people_only)
    assert (attempts, successes) == (1, 1)


def test_nobody_published_means_no_attempt(people_only: As) -> None:
    nothing = people_only(NOBODY)
    assert Univariate().run(nothing, nothing, nothing, np.random.default_rng(1)).worst.attempts == 0
    assert Multivariate().run(nothing, nothing, nothing, np.random.default_rng(1)).worst.attempts == 0


def test_the_attributes_that_singled_out_are_named(people_only: As) -> None:
    rows = [{"n": str(at * 7.5), "same": "x"} for at in range(40)]
    original, shown, control = map(people_only, tabulate((rows, rows, STRANGERS), ["n", "same"]))
    notes = Univariate().run(original, shown, control, np.random.default_rng(1)).notes
    assert notes == {"n": 42}
