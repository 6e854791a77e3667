"""Runs all attacks on one publication, both ways round, each with its own stream of random numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from smartsandbox.anonymize.attacks import ATTACKS
from smartsandbox.anonymize.attacks.base import Attack, AttackResult, pooled
from smartsandbox.anonymize.attacks.control import Fold, Split
from smartsandbox.anonymize.attacks.gate import BOUNDS, Judgement, judge


@dataclass(frozen=True, slots=True)
class Finding:
    """An attack by name, what it did and how that stands against the bound."""

    attack: str
    result: AttackResult
    judgement: Judgement


def run_attacks(split: Split, seed: int, attacks: Mapping[str, Attack] = ATTACKS) -> tuple[Finding, ...]:
    """One finding an attack, in the order of the registry. The same split and seed give the same findings."""
    return tuple(_finding(name, _pooled(name, attack, split, seed)) for name, attack in attacks.items())


def stream(seed: int, name: str) -> np.random.Generator:
    """Random numbers for one purpose: a new attack does not change what the others draw."""
    words = np.frombuffer(sha256(f"{seed}/{name}".encode()).digest(), np.uint32)
    return np.random.Generator(np.random.PCG64(words.tolist()))


def _pooled(name: str, attack: Attack, split: Split, seed: int) -> AttackResult:
    rng = stream(seed, name)
    return pooled(_run(attack, fold, rng) for fold in split.folds)


def _run(attack: Attack, fold: Fold, rng: np.random.Generator) -> AttackResult:
    return attack.run(fold.original, fold.published, fold.control, rng)


def _finding(name: str, result: AttackResult) -> Finding:
    return Finding(name, result, judge(result, BOUNDS[name].most))
