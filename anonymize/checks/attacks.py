"""The attack suite as a check: each attack on the rewritten trace becomes a verdict that certificates can carry.

An attack that cannot tell does not pass. Verdicts hold rates, intervals and names of fields, never values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from smartsandbox.anonymize.advice import BLAMED
from smartsandbox.anonymize.attacks import attacks_for
from smartsandbox.anonymize.attacks.base import Attack, AttackResult, Trial
from smartsandbox.anonymize.attacks.control import Regroup, Split, regrouped, split
from smartsandbox.anonymize.attacks.extract import Extract, extract
from smartsandbox.anonymize.attacks.gate import BOUNDS, Outcome
from smartsandbox.anonymize.attacks.sample import PersonOf, side_by_side
from smartsandbox.anonymize.attacks.statistics import CONFIDENCE, wilson
from smartsandbox.anonymize.attacks.suite import Finding, run_attacks, stream
from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.grouping import method_of
from smartsandbox.anonymize.kanon.encode import normal
from smartsandbox.anonymize.kanon.plan import Task, plan_groups
from smartsandbox.anonymize.policy import Policy
from smartsandbox.packs.certificate import Verdict
from smartsandbox.packs.model import Exchange

SEED = 20160410
_NAMED_SOURCES = 5


@dataclass(frozen=True, slots=True)
class AttackEvidence:
    """What the attacks need of a run. `original` and `published` read exchanges from the beginning each time.

    `published_id` maps the id of a raw exchange to that of the one made from it.
    """

    policy: Policy
    original: Callable[[], Iterable[Exchange]]
    published: Callable[[], Iterable[Exchange]]
    published_id: Callable[[str], str]
    second_start: Callable[[Exchange], int] | None = None
    """The start of a raw exchange in a second release, with the move of the whole undone; None: there is none."""
    person_of: PersonOf | None = None
    """Who speaks in a raw session; None: every session is somebody else's."""


def attack_suite(evidence: Evidence) -> tuple[Verdict, ...]:
    """The attacks on a finished run. They come last and take most memory, so that of the run is given back."""
    evidence.walk.release()
    evidence.release()
    run = AttackEvidence(
        evidence.policy,
        evidence.original,
        evidence.output,
        evidence.published_id,
        evidence.second_start,
        evidence.person_of,
    )
    return attack_verdicts(run, SEED)


def attack_verdicts(evidence: AttackEvidence, seed: int = SEED) -> tuple[Verdict, ...]:
    """One verdict an attack, in the order of the registry. The same evidence and seed give the same verdicts."""
    parted = split_of(_extract(evidence), evidence.policy, seed)
    return tuple(verdict_of(finding, parted.method) for finding in run_attacks(parted, seed, _attacks(evidence.policy)))


def _attacks(policy: Policy) -> Mapping[str, Attack]:
    return attacks_for(policy.m, policy.sizes)


def split_of(found: Extract, policy: Policy, seed: int) -> Split:
    """The halves of a run, with groups of quasi-identifiers made as `plan_groups` does."""
    names = frozenset(policy.quasi_identifiers)
    return split(_normal(found, policy), _regroup(policy), names, stream(seed, "split"))


def grouped(found: Extract, policy: Policy) -> Extract:
    """With the quasi-identifiers published as a run under the policy would."""
    normalised = _normal(found, policy)
    everybody = np.arange(len(found.raw))
    names = frozenset(policy.quasi_identifiers)
    return replace(normalised, published=regrouped(normalised, _regroup(policy), names, everybody))


def _regroup(policy: Policy) -> Regroup:
    def regroup(rows: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
        return plan_groups(Task(rows, policy.quasi_identifiers, policy.k, method=method_of(policy))).published

    return regroup


def verdict_of(finding: Finding, method: str) -> Verdict:
    """A finding as certificates hold it."""
    result, bound = finding.result, BOUNDS[finding.attack]
    outcome = finding.judgement.outcome
    return Verdict(
        check=check_name(finding.attack),
        criterion=bound.criterion,
        passed=outcome is Outcome.HELD,
        told=outcome is not Outcome.CANNOT_TELL,
        summary=f"{outcome}: {_measured(result.worst, bound.most)}{finding.judgement.reason}",
        bounds={"risk": bound.most, "confidence": CONFIDENCE, "judged_on": "upper end of the interval"},
        metrics={
            "outcome": str(outcome),
            "control": method,
            **_counts(result.worst),
            **_parts(result),
            **_beyond(result),
            **({} if outcome is Outcome.HELD else {BLAMED: ", ".join(_blamed(result, bound.most))}),
        },
        findings=() if outcome is Outcome.HELD else _sources(result, bound.most),
    )


def check_name(attack: str) -> str:
    """The name under which a certificate holds the verdict on an attack, and under which a policy may waive it."""
    return f"attack: {attack}"


def _extract(evidence: AttackEvidence) -> Extract:
    pairs = side_by_side(
        evidence.original(), evidence.published(), evidence.published_id, SEED, person_of=evidence.person_of
    )
    return extract(pairs, evidence.policy, evidence.second_start)


def _normal(found: Extract, policy: Policy) -> Extract:
    """Quasi-identifiers in the form in which two spellings are equal."""
    kinds = policy.quasi_identifiers
    raw, published = (
        tuple(
            {name: normal(value, kinds[name]) if name in kinds else value for name, value in row.items()}
            for row in side
        )
        for side in (found.raw, found.published)
    )
    return replace(found, raw=raw, published=published)


def _measured(trial: Trial, bound: float) -> str:
    """The risk and its bound; nothing where nothing was tried, as an interval from 0 to 1 is no measurement."""
    return f"{_risk(trial)}, bound {bound:g}; " if trial.attempts and trial.control_attempts else ""


def _risk(trial: Trial) -> str:
    risk, part = trial.risk, f" ({trial.part})" if trial.part else ""
    return f"risk {risk.value:.3f}, {risk.low:.3f} to {risk.high:.3f}{part}"


def _counts(trial: Trial) -> dict[str, float | int | str]:
    counts: dict[str, float | int | str] = {
        "risk": round(trial.risk.value, 6),
        "risk_low": round(trial.risk.low, 6),
        "risk_high": round(trial.risk.high, 6),
        "attempts": trial.attempts,
        "successes": round(trial.successes, 3),
        "control_attempts": trial.control_attempts,
        "control_successes": round(trial.control_successes, 3),
        "baseline_successes": round(trial.baseline_successes, 3),
    }
    if trial.attempts and trial.control_attempts:
        counts["attack_rate"] = round(wilson(trial.successes, trial.attempts).value, 6)
        counts["control_rate"] = round(wilson(trial.control_successes, trial.control_attempts).value, 6)
    return counts


def _beyond(result: AttackResult) -> dict[str, float]:
    """The risk from who knows more than the threat model grants; for the reader, not for the gate."""
    return {f"beyond the model, {trial.part}": round(trial.risk.value, 6) for trial in result.beyond}


def _parts(result: AttackResult) -> dict[str, str | int]:
    return {"worst_part": result.worst.part, "parts": len(result.trials)} if result.worst.part else {}


def _sources(result: AttackResult, bound: float) -> tuple[str, ...]:
    """Where the risk comes from: the parts over the bound, then the notes, the largest first."""
    parts = [_risk(one) for one in _over(result, bound)]
    return (*parts, *(f"{name}: {count} of {result.worst.attempts}" for name, count in _notes(result)))


def _blamed(result: AttackResult, bound: float) -> list[str]:
    """The attributes that an attack succeeded by, or found out."""
    return [*(one.part for one in _over(result, bound)), *(name for name, _ in _notes(result))]


def _over(result: AttackResult, bound: float) -> list[Trial]:
    over = (one for one in result.trials if one.part and one.risk.high > bound)
    return sorted(over, key=lambda one: -one.risk.value)[:_NAMED_SOURCES]


def _notes(result: AttackResult) -> list[tuple[str, int]]:
    counts = sorted(result.notes.items(), key=lambda item: (-item[1], item[0]))
    return [(name, count) for name, count in counts if count][:_NAMED_SOURCES]
