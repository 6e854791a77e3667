"""Waivers for a draft: which attacks a capture is too small for, found before anything is anonymised.

The attacks are played on a release that has nothing to do with the people asked about: half of them is asked about,
the other half published. If even that cannot be told to be safe, no release of this capture can. A waiver so drafted
never covers a breach, and where an attack can tell after all it is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from smartsandbox.anonymize.attacks import MEMBERSHIP, attacks_for
from smartsandbox.anonymize.attacks.base import Sample
from smartsandbox.anonymize.attacks.control import Fold, Split
from smartsandbox.anonymize.attacks.extract import extract
from smartsandbox.anonymize.attacks.gate import BOUNDS, Outcome, judge
from smartsandbox.anonymize.attacks.sample import by_itself
from smartsandbox.anonymize.attacks.statistics import attempts_needed
from smartsandbox.anonymize.attacks.suite import Finding, run_attacks
from smartsandbox.anonymize.checks.attacks import SEED, check_name, grouped, split_of
from smartsandbox.anonymize.policy import Policy
from smartsandbox.packs.model import Exchange

SLACK = 0.35
"""The share of a bound that must be left over by chance alone, so that a release that is not quite chance is told."""


UNBOUNDED = "the policy asks for no bound on what known endpoints show (m: 0)"


def waivers_for(read: Callable[[], Iterable[Exchange]], policy: Policy) -> Mapping[str, str]:
    """Reasons by the name of the check, for the attacks that the capture is too small for. The policy must match it."""
    found = grouped(extract(by_itself(read(), SEED), policy, _as_recorded), policy)
    strangers = _among_strangers(split_of(found, policy, SEED))
    reason = f"too small a capture to tell: {len(found.raw)} people with attributes, {len(found.raw_sessions)} sessions"
    return {
        check_name(finding.attack): UNBOUNDED if finding.attack == MEMBERSHIP and not policy.m else reason
        for finding in run_attacks(strangers, SEED, attacks_for(policy.m))
        if not can_tell(finding)
    }


def can_tell(finding: Finding) -> bool:
    """True if even that which is no more than chance is told to be safe, and not by a lucky draw of a few attempts."""
    bound, trial = SLACK * BOUNDS[finding.attack].most, finding.result.worst
    enough = min(trial.attempts, trial.control_attempts) >= attempts_needed(bound)
    return enough and judge(finding.result, bound).outcome is Outcome.HELD


def drafted_waivers(policy: Policy, read: Callable[[], Iterable[Exchange]]) -> Policy:
    """The policy with those waivers added to its own."""
    return replace(policy, waivers={**waivers_for(read, policy), **policy.waivers})


def _among_strangers(parted: Split) -> Split:
    """Everybody asked about is a stranger to what is published, and is their own control."""
    folds = zip(parted.folds, reversed(parted.folds), strict=True)
    made = (Fold(one.original, _without(other.published, one.original), one.original) for one, other in folds)
    return Split(tuple(made), parted.method)


def _without(published: Sample, asked: Sample) -> Sample:
    """A release that shows no session of those asked about."""
    keys = {session.key for session in asked.sessions}
    sessions, again = (
        tuple(session for session in shown if session.key not in keys)
        for shown in (published.sessions, published.again)
    )
    return Sample(published.people, sessions, again)


def _as_recorded(exchange: Exchange) -> int:
    return exchange.started_us
