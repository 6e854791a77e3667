"""The suite against publications that are known to be unsafe, and one that is known to be safe."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pytest

from smartsandbox.anonymize.attacks import ATTACKS, MEMBERSHIP
from smartsandbox.anonymize.attacks.base import Sample
from smartsandbox.anonymize.attacks.control import Split
from smartsandbox.anonymize.attacks.gate import Outcome
from smartsandbox.anonymize.attacks.suite import run_attacks, stream

Publish = Callable[[Sample], Sample]
Made = Callable[[Publish], Split]

ON_ATTRIBUTES = (
    "singling out by one attribute",
    "singling out by attributes",
    "linkability of attributes",
    "inference of an attribute",
)
ON_SESSIONS = ("known requests", "inter-arrival fingerprint", "response-size fingerprint")
"""Besides the intersection of releases, which needs requests that fit by the hour in both."""


def outcomes(split: Split, seed: int = 1, names: Iterable[str] = ATTACKS) -> dict[str, Outcome]:
    """What came of the attacks of these names, which draw the same whoever else is run."""
    findings = run_attacks(split, seed, {name: ATTACKS[name] for name in names})
    return {finding.attack: finding.judgement.outcome for finding in findings}


def identity(sample: Sample) -> Sample:
    return sample


def hashed_ids(sample: Sample) -> Sample:
    """Attributes are gone and ids are hashed, but times, sizes and courses stand as they were."""
    return Sample(sample.people.with_cells(np.zeros_like(sample.people.cells)), sample.sessions)


def row_level_k(sample: Sample) -> Sample:
    """Every row stands five times, so that k is 5 by rows and 1 by people."""
    everybody = np.repeat(np.arange(sample.people.count), 5)
    return Sample(sample.people.take(everybody), sample.sessions)


def test_a_copy_fails_every_attack(split_with: Made) -> None:
    assert set(outcomes(split_with(identity)).values()) == {Outcome.BREACHED}


def test_ten_percent_noise_does_not_help(split_with: Made, noisy: Publish) -> None:
    found = outcomes(split_with(noisy))
    assert {name for name, outcome in found.items() if outcome is Outcome.HELD} == set()
    assert all(found[name] is Outcome.BREACHED for name in (*ON_ATTRIBUTES, *ON_SESSIONS))


def test_hashing_ids_does_not_hide_sessions(split_with: Made) -> None:
    found = outcomes(split_with(hashed_ids), names=(*ON_SESSIONS, MEMBERSHIP))
    assert set(found.values()) == {Outcome.BREACHED}


def test_k_by_rows_does_not_hide_people(split_with: Made) -> None:
    found = outcomes(split_with(row_level_k), names=("singling out by attributes", "inference of an attribute"))
    assert set(found.values()) == {Outcome.BREACHED}


def test_an_independent_sample_passes_every_attack(split_with: Made, independent: Publish) -> None:
    assert set(outcomes(split_with(independent)).values()) == {Outcome.HELD}


@pytest.mark.parametrize("seed", [2, 3])
def test_an_independent_sample_passes_with_other_seeds(split_with: Made, independent: Publish, seed: int) -> None:
    assert set(outcomes(split_with(independent), seed).values()) == {Outcome.HELD}


def test_moving_all_by_the_same_time_does_not_hide_sessions(split_with: Made) -> None:
    def later(sample: Sample) -> Sample:
        moved = tuple(
            replace(one, starts_us=tuple(start + 10**12 for start in one.starts_us)) for one in sample.sessions
        )
        return replace(sample, sessions=moved)

    found = outcomes(split_with(later), names=(*ON_SESSIONS, "cross-release intersection"))
    assert set(found.values()) == {Outcome.BREACHED}


def test_nothing_published_is_not_a_pass(split_with: Made) -> None:
    def nothing(sample: Sample) -> Sample:
        return replace(sample, people=sample.people.take(np.zeros(0, np.int64)), sessions=())

    found = outcomes(split_with(nothing))
    found.pop(MEMBERSHIP)
    assert set(found.values()) == {Outcome.CANNOT_TELL}


def test_a_seed_gives_the_same_findings(split_with: Made, noisy: Publish) -> None:
    assert run_attacks(split_with(noisy), 5) == run_attacks(split_with(noisy), 5)


def test_each_purpose_has_numbers_of_its_own() -> None:
    assert stream(1, "a").random() == stream(1, "a").random() != stream(1, "b").random()
