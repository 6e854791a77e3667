"""How people are parted into published and strangers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from smartsandbox.anonymize.attacks.control import AS_PUBLISHED, NAMED, Split, split
from smartsandbox.anonymize.attacks.extract import Extract
from smartsandbox.anonymize.attacks.sessions import Session

Rows = Mapping[str, Mapping[str, str]]
PETS = ("cat", "dog", "eel", "fox")


def commonest_of_all(rows: Rows) -> Rows:
    """Publishes the first city by name for everybody."""
    first = min(row["city"] for row in rows.values())
    return {person: {"city": first} for person in rows}


def four() -> Extract:
    raw = tuple({"city": f"c{at}", "pet": pet} for at, pet in enumerate(PETS))
    published = tuple({"city": "c0", "pet": pet} for pet in PETS)
    sessions = tuple(Session(f"k{at}", (at,), ("e",), (1,)) for at in range(4))
    return Extract(("city", "pet"), raw, published, sessions, sessions)


def parted(found: Extract, seed: int = 1) -> Split:
    return split(found, commonest_of_all, frozenset({"city"}), np.random.default_rng(seed))


def test_everybody_is_published_once_and_a_stranger_once() -> None:
    made = parted(four())
    one, other = made.folds
    assert one.original.people.cells.tolist() == other.control.people.cells.tolist()
    assert {session.key for fold in made.folds for session in fold.original.sessions} == {"k0", "k1", "k2", "k3"}


def test_sessions_are_published_whole_and_everybody_is_either_target_or_stranger() -> None:
    for fold in parted(four()).folds:
        targets, strangers = ({one.key for one in side.sessions} for side in (fold.original, fold.control))
        assert not targets & strangers
        assert {one.key for one in fold.published.sessions} == targets | strangers
        assert not {*fold.original.people.cells[:, 1]} & {*fold.control.people.cells[:, 1]}


def test_groups_are_made_again_from_the_half_alone() -> None:
    made = parted(four())
    assert made.method == NAMED
    for fold in made.folds:
        assert fold.published.people.cells[0, 0] in fold.original.people.cells[:, 0]
        assert len({*fold.published.people.cells[:, 0]}) == 1


def test_what_the_procedure_did_not_publish_is_attacked_as_it_stands() -> None:
    found = four()
    made = parted(replace(found, published=found.raw))
    assert made.method == AS_PUBLISHED
    for fold in made.folds:
        assert fold.published.people.cells.tolist() == fold.original.people.cells.tolist()


def test_the_generator_decides_the_halves() -> None:
    halves = {tuple(s.key for s in parted(four(), seed).folds[0].original.sessions) for seed in range(20)}
    assert len(halves) > 1
    assert parted(four(), 3).folds[0].original.sessions == parted(four(), 3).folds[0].original.sessions
