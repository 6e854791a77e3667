"""The gate: the risk that each attack may leave, and whether a result shows that it leaves no more.

A result holds only if the upper end of its confidence interval is within the bound. What cannot be told does not pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from smartsandbox.anonymize.attacks.base import AttackResult, Trial
from smartsandbox.anonymize.attacks.statistics import attempts_needed, wilson


@dataclass(frozen=True, slots=True)
class Bound:
    """What an attack speaks to (WP216), and the highest risk that it may leave."""

    criterion: str
    most: float


BOUNDS: Mapping[str, Bound] = MappingProxyType(
    {
        "singling out by one attribute": Bound("singling out", 0.2),
        "singling out by attributes": Bound("singling out", 0.2),
        "linkability of attributes": Bound("linkability", 0.2),
        "inference of an attribute": Bound("inference", 0.2),
        "known requests": Bound("singling out", 0.2),
        "inter-arrival fingerprint": Bound("linkability", 0.2),
        "response-size fingerprint": Bound("linkability", 0.2),
        "membership by rare endpoints": Bound("inference", 0.2),
        "cross-release intersection": Bound("linkability", 0.2),
    }
)
"""0.2 is what a group of five leaves: one in five. A change here is a change of what certificates claim."""


class Outcome(StrEnum):
    """How a result stands against its bound."""

    HELD = "held"
    BREACHED = "breached"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class Judgement:
    """An outcome and the reason, in a few words."""

    outcome: Outcome
    reason: str


LEAD = 0.05
"""By how much guessing must surely be better: several attempts on one person are alike, so less may be chance."""


def judge(result: AttackResult, bound: float) -> Judgement:
    """HELD if the whole interval of the worst part is within the bound, BREACHED if the whole of it is above.

    CANNOT_TELL without attempts on either side, if guessing is surely better than the attack, and if the interval
    holds the bound.
    """
    trial = result.worst
    if not trial.attempts or not trial.control_attempts:
        return Judgement(Outcome.CANNOT_TELL, "nothing could be attempted, so nothing is known")
    if _beaten_by_guessing(trial):
        return Judgement(Outcome.CANNOT_TELL, "guessing does better than the attack, so the attack shows nothing")
    if trial.risk.high <= bound:
        return Judgement(Outcome.HELD, "the whole interval is within the bound")
    if trial.risk.low > bound:
        return Judgement(Outcome.BREACHED, "the whole interval is above the bound")
    needed = attempts_needed(bound)
    few = f"; at least {needed} attempts are needed" if min(trial.attempts, trial.control_attempts) < needed else ""
    return Judgement(Outcome.CANNOT_TELL, f"the interval holds the bound{few}")


def _beaten_by_guessing(trial: Trial) -> bool:
    guessing = wilson(trial.baseline_successes, trial.attempts)
    return guessing.low > wilson(trial.successes, trial.attempts).high + LEAD
