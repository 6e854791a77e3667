"""A draft that was tried before anybody reviews it: attributes that attacks find people by are decided more strictly.

Small captures are rehearsed in memory, round by round. What no decision can help, such as sessions that nobody else's
resemble, is foreseen in words and left to the reviewer: nothing of a breach is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from smartsandbox.anonymize.advice import BLAMED
from smartsandbox.anonymize.certify import accepted_by
from smartsandbox.anonymize.checks.km_anonymity import NAME as KM_ANONYMITY
from smartsandbox.anonymize.foreseen import drafted_waivers
from smartsandbox.anonymize.leaves import Address
from smartsandbox.anonymize.policy import Action, Policy
from smartsandbox.anonymize.rehearsal import MOST_EXCHANGES, rehearse
from smartsandbox.anonymize.stricter import blamed_places, stricter
from smartsandbox.anonymize.suggest import DEFAULT_K, FALLBACKS, Draft, suggest_draft
from smartsandbox.packs.certificate import Verdict
from smartsandbox.packs.errors import NotSafeError
from smartsandbox.packs.progress import Track, silent
from smartsandbox.packs.trace import Trace

ROUNDS = 10
"""Rehearsals at most. Each costs about what an anonymising run costs."""

CLEAN = 3
"""Rehearsals in a row, each drawn anew, in which no attribute was to blame: one alone may be luck."""

LOST = 2
"""Rehearsals in which sessions are found whatever attributes show; then no decision makes a run pass."""

NEAR = 0.75
"""The share of its bound from which a risk counts as over it: in another draw of the same release it may be."""

STRICTER = "stricter:"
"""In the notes of a draft, before the attack for which a decision was made stricter."""

_ENOUGH = 50
"""Attempts with which a risk that is only near says something; fewer scatter too far."""

_BLAMED_AT_ONCE = 3
"""Attributes of an attack that are decided anew in one round, the first to blame first."""


def careful_draft(trace: Trace, k: int = DEFAULT_K, track: Track = silent, test_accounts: str = "") -> Draft:
    """A drafted policy that was rehearsed where the capture is small enough.

    With a statement about test accounts nothing is decided more strictly, as there is nobody to find. Raises as
    `suggest_draft` does.
    """
    draft = suggest_draft(trace, k, track)
    if test_accounts:
        return replace(draft, policy=replace(draft.policy, test_accounts=test_accounts))
    return draft if trace.count > MOST_EXCHANGES else rehearsed(draft, trace, track)


def rehearsed(draft: Draft, trace: Trace, track: Track = silent) -> Draft:
    """The draft after as many rounds as it takes, with the attacks that it is foreseen to fail.

    Where those on sessions find people in any case, the draft stays as it was: what is lost would win nothing.
    """
    tried, played, clean, lost = draft, _Played(), 0, 0
    for turn in range(ROUNDS):
        try:
            played = _played(tried.policy, trace, turn, track)
        except NotSafeError:
            return draft  # the run itself says what keeps it from being played
        lost += played.is_lost
        if lost == LOST:
            return replace(draft, foreseen=played.words)
        tighter = tightened(tried, played.doubtful)
        clean = clean + 1 if tighter is tried else 0
        if clean == CLEAN:
            break
        tried = tighter if tighter is tried else replace(tighter, policy=_waived_anew(tighter.policy, trace))
    return replace(tried, foreseen=played.words)


@dataclass(frozen=True, slots=True)
class _Played:
    """What one rehearsal came to: the attacks that refuse the release, and those that might in another draw."""

    refused: tuple[Verdict, ...] = ()
    doubtful: tuple[Verdict, ...] = ()
    is_lost: bool = False
    """True if one of them surely finds people, and by no attribute that could be decided otherwise."""

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(f"{one.check}: {one.summary}" for one in self.refused)


def _played(policy: Policy, trace: Trace, turn: int, track: Track) -> _Played:
    verdicts = rehearse(trace, policy, turn, track)
    refused = tuple(one for one in verdicts if not accepted_by(one, policy).accepted)
    doubtful = tuple(one for one in verdicts if one in refused or _is_near(one))
    return _Played(refused, doubtful, any(one.told and not _to_change(one, policy) for one in refused))


def tightened(draft: Draft, refused: Iterable[Verdict]) -> Draft:
    """The draft with the attributes to blame decided one step more strictly; the same draft where there are none."""
    policy, notes = draft.policy, dict(draft.notes)
    changed = dict(policy.decisions)
    for verdict in refused:
        for address in _to_change(verdict, policy):
            changed[address] = stricter(address, policy.decisions[address], FALLBACKS)
            notes[address] = _said(draft.notes.get(address, ""), f"{STRICTER} {verdict.check} found people by it")
    if changed == policy.decisions:
        return draft
    return replace(draft, policy=_without_unused(replace(policy, decisions=changed)), notes=notes)


def _said(note: str, more: str) -> str:
    return note if more in note else "; ".join(part for part in (note, more) if part)


def _is_near(verdict: Verdict) -> bool:
    """True of a risk so near its bound that another draw may be over it."""
    found = verdict.metrics
    enough = min(found["attempts"], found["control_attempts"]) >= _ENOUGH
    return enough and bool(found["risk"] > NEAR * verdict.bounds["risk"])


def _to_change(verdict: Verdict, policy: Policy) -> list[Address]:
    """The places of the attributes most to blame; none for an attack that needs no attribute."""
    names = [name for name in str(verdict.metrics.get(BLAMED, "")).split(", ") if name]
    places: Mapping[str, list[Address]] = {
        name: [address for address, _ in blamed_places(name, policy)] for name in names
    }
    found = [name for name in dict.fromkeys(names) if places[name]]
    return [address for name in found[:_BLAMED_AT_ONCE] for address in places[name]]


def _without_unused(policy: Policy) -> Policy:
    used = {one.argument for one in policy.decisions.values() if one.action is Action.GENERALISE}
    return replace(
        policy, quasi_identifiers={name: kind for name, kind in policy.quasi_identifiers.items() if name in used}
    )


def _waived_anew(policy: Policy, trace: Trace) -> Policy:
    """With fewer attributes the capture may be too small to tell of what is left, or no longer too small."""
    kept = {check: reason for check, reason in policy.waivers.items() if check == KM_ANONYMITY}
    return drafted_waivers(replace(policy, waivers=kept), trace.exchanges)
