"""Invented populations: people whose attributes hang together, sessions that differ in time, size and course."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from smartsandbox.anonymize.attacks.base import Sample
from smartsandbox.anonymize.attacks.control import Fold, Split
from smartsandbox.anonymize.attacks.people import NOBODY, People
from smartsandbox.anonymize.attacks.sessions import Session

ENDPOINTS = np.array(["login", "list", "show", "pay", *(f"special {at}" for at in range(40))])
COMMON = np.array([0.3, 0.2, 0.15, 0.15, *[0.2 / 40] * 40])


def make_people(count: int, rng: np.random.Generator) -> People:
    """City decides most of the district; age and spending are numbers and grow together."""
    city = rng.integers(6, size=count)
    district = np.where(rng.random(count) < 0.7, city * 3 + rng.integers(3, size=count), rng.integers(18, size=count))
    age = rng.uniform(18, 90, count)
    spent = age * 10 + rng.normal(0, 150, count)
    visits = rng.uniform(0, 1, count)
    cells = np.column_stack((city, district, age, spent, visits)).astype(np.float64)
    return People(("city", "district", "age", "spent", "visits"), np.array([False, False, True, True, True]), cells)


def make_session(key: str, rng: np.random.Generator) -> Session:
    """Three to eight requests with exponential pauses and log-normal sizes, somewhere in an hour."""
    length = int(rng.integers(3, 9))
    start = int(rng.integers(3_600_000_000))
    gaps = rng.exponential(20_000_000, length - 1).astype(np.int64)
    starts = np.concatenate(([start], start + np.cumsum(gaps)))
    sizes = rng.lognormal(6, 1, length).astype(np.int64)
    endpoints = rng.choice(ENDPOINTS, length, p=COMMON)
    return Session(key, tuple(starts.tolist()), tuple(endpoints.tolist()), tuple(sizes.tolist()))


def make_sample(name: str, count: int, rng: np.random.Generator) -> Sample:
    """As many people as sessions."""
    return Sample(make_people(count, rng), tuple(make_session(f"{name}{at}", rng) for at in range(count)))


Publish = Callable[[Sample], Sample]


def twice(published: Sample) -> Sample:
    """A second release that shows sessions as the first one does: the worst case."""
    return replace(published, again=published.sessions)


@pytest.fixture
def split_with() -> Callable[[Publish], Split]:
    """Two folds of 300 and 300, published by a function."""

    def made(publish: Publish) -> Split:
        rng = np.random.default_rng(11)
        one, other = make_sample("a", 300, rng), make_sample("b", 300, rng)
        return Split((Fold(one, twice(publish(one)), other), Fold(other, twice(publish(other)), one)), "two samples")

    return made


@pytest.fixture
def independent() -> Publish:
    """Other people of the same population, under keys of their own."""

    def publish(sample: Sample) -> Sample:
        return make_sample("other", len(sample.sessions), np.random.default_rng(len(sample.sessions) + 5))

    return publish


@pytest.fixture
def noisy() -> Publish:
    """A tenth of all cells, pauses and sizes belong to somebody else."""

    def publish(sample: Sample) -> Sample:
        rng = np.random.default_rng(3)
        cells = sample.people.cells.copy()
        flipped = rng.random(cells.shape) < 0.1
        cells[flipped] = rng.permuted(cells, axis=0)[flipped]
        sessions = tuple(_flipped(session, sample.sessions, rng) for session in sample.sessions)
        return Sample(sample.people.with_cells(cells), sessions)

    return publish


def _flipped(session: Session, others: tuple[Session, ...], rng: np.random.Generator) -> Session:
    sizes = [others[int(rng.integers(len(others)))].sizes[0] if rng.random() < 0.1 else size for size in session.sizes]
    shifts = [int(rng.integers(5_000_000)) if rng.random() < 0.1 else 0 for _ in session.starts_us]
    starts = sorted(start + shift for start, shift in zip(session.starts_us, shifts, strict=True))
    return replace(session, sizes=tuple(sizes), starts_us=tuple(starts))


@pytest.fixture
def sessions_only() -> Callable[..., Sample]:
    """A sample that holds sessions and nobody's attributes."""

    def made(*sessions: Session) -> Sample:
        return Sample(NOBODY, sessions)

    return made


@pytest.fixture
def people_only() -> Callable[[People], Sample]:
    """A sample that holds people and no session."""
    return lambda people: Sample(people, ())
