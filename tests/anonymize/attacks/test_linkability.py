"""Linkability: two halves of four people by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from smartsandbox.anonymize.attacks.base import Sample, Trial
from smartsandbox.anonymize.attacks.linkability import Linkability
from smartsandbox.anonymize.attacks.people import People, tabulate

FOUR = [{"city": city, "pet": pet} for city, pet in (("Ulm", "cat"), ("Bonn", "dog"), ("Jena", "fox"), ("Kiel", "owl"))]
CROSSED = [
    {"city": city, "pet": pet} for city, pet in (("Ulm", "dog"), ("Bonn", "fox"), ("Jena", "owl"), ("Kiel", "cat"))
]
As = Callable[[People], Sample]


def run(published: list[dict[str, str]], people_only: As, names: tuple[str, ...] = ("city", "pet")) -> Trial:
    original, shown, control = map(people_only, tabulate((FOUR, published, CROSSED), names))
    return Linkability().run(original, shown, control, np.random.default_rng(1)).worst


def test_both_halves_lead_to_the_person_in_a_copy_and_strangers_are_not_linked(people_only: As) -> None:
    trial = run(FOUR, people_only)
    assert (trial.attempts, trial.successes, trial.control_attempts, trial.control_successes) == (4, 4, 4, 0)


def test_the_halves_part_where_the_publication_has_parted_them(people_only: As) -> None:
    trial = run(CROSSED, people_only)
    assert (trial.successes, trial.control_successes) == (0, 4)


def test_one_attribute_cannot_be_halved(people_only: As) -> None:
    assert run(FOUR, people_only, ("city",)).attempts == 0


def test_a_group_that_is_alike_links_by_chance_only(people_only: As) -> None:
    alike = tabulate(([{"a": "x", "b": "y"}] * 500,), ["a", "b"])[0]
    trial = Linkability().run(*[people_only(alike)] * 3, np.random.default_rng(1)).worst
    assert trial.successes < 0.02 * trial.attempts
