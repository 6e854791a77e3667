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
from smartsandbox.anonymize.policy_text import waiver_lines
from smartsandbox.anonymize.rehearsal import MOST_EXCHANGES, rehearse
from smartsandbox.anonymize.remedies import OF_SIZES, Remedies
from smartsandbox.anonymize.stricter import blamed_places, stricter
from smartsandbox.anonymize.suggest import DEFAULT_K, FALLBACKS, Draft, suggest_draft
from smartsandbox.packs.certificate import Verdict
from smartsandbox.packs.errors import NotSafeError
from smartsandbox.packs.progress import Track, silent
from smartsandbox.packs.trace import Trace

ROUNDS = 12
"""Rehearsals at most. Each costs about what an anonymising run costs."""

CLEAN = 3
"""Rehearsals in a row, each drawn anew, in which no attribute was to blame: one alone may be luck."""

LOST = 2
"""Rehearsals in which people are found and nothing is left to change; then no draft makes a run pass."""

NEAR = 0.75
"""The share of its bound from which a risk counts as over it: in another draw of the same release it may be."""

SURELY = 0.25
"""The share of its bound that a risk is surely over, though no more can be told, from which on it is acted on."""

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


def rehearsed(draft: Draft, trace: Trace, track: Track = silent, clean: int = CLEAN) -> Draft:
    """The draft after as many rounds as it takes, until `clean` in a row had nothing to change.

    Sizes are padded where that is what hides people. Cutting more than the suppression limit is for a person to decide:
    then the draft keeps its m, and `edits` are the lines to write instead. Where nothing helps, the draft stays as it
    was, with the attacks that it is foreseen to fail: what is lost would win nothing.
    """
    remedies, tried, quiet, lost, why = Remedies(trace), draft, 0, 0, _Played()
    for turn in range(ROUNDS):
        try:
            played = _played(tried.policy, trace, turn, track)
        except NotSafeError:
            return replace(draft, foreseen=why.words)  # the run itself says what keeps it from being played
        why = played if tried.policy.m == draft.policy.m else why
        better = _better(tried, played, remedies)
        lost += better is tried and bool(played.refused)
        if lost == LOST:
            return _lost(draft, tried, remedies, played)
        quiet = quiet + 1 if better is tried else 0
        if quiet == clean:
            break
        tried = better if better is tried else replace(better, policy=_waived_anew(better.policy, trace))
    return _told(draft, tried, remedies, why if tried.policy.m > draft.policy.m else played)


def _better(tried: Draft, played: _Played, remedies: Remedies) -> Draft:
    """With the next remedy for attacks on sessions; where none is needed, with attributes decided more strictly."""
    policy = remedies.of(tried.policy, played.unsafe)
    return tightened(tried, played.doubtful) if policy is tried.policy else replace(tried, policy=policy)


def _lost(draft: Draft, tried: Draft, remedies: Remedies, played: _Played) -> Draft:
    """The draft as it was where people are found anyway; where it only cannot be told, what a person may waive."""
    if any(one.told for one in played.refused):
        return replace(draft, foreseen=played.words)
    untold = waiver_lines({one.check: one.summary for one in played.refused})
    found = _told(draft, tried, remedies, played)
    return replace(found, edits=(*found.edits, *(f"{line.strip()}  # under waive: it cannot tell" for line in untold)))


def _told(draft: Draft, tried: Draft, remedies: Remedies, why: _Played) -> Draft:
    """What was found as a draft: cutting beyond the limit is left to a person, all else is in it."""
    before, after = draft.policy, tried.policy
    kept = replace(
        after,
        m=before.m,
        suppression_limit=before.suppression_limit,
        waivers={**before.waivers, **after.waivers} if after.m > before.m else after.waivers,
    )
    costs, edits = remedies.lines(before, kept), remedies.lines(kept, after)
    shown = why.unsafe if edits or why.refused else ()
    others = [one for one in shown if one.check != OF_SIZES]  # sizes may have been told before they were padded
    words = tuple(map(_words, others if edits else shown))
    return replace(tried, policy=kept, foreseen=words, costs=costs, edits=edits)


@dataclass(frozen=True, slots=True)
class _Played:
    """What one rehearsal came to: the attacks that refuse the release; with them those that cannot tell though people
    were surely found; and with these the ones that are near to their bounds.
    """

    refused: tuple[Verdict, ...] = ()
    unsafe: tuple[Verdict, ...] = ()
    doubtful: tuple[Verdict, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(map(_words, self.unsafe))


def _words(verdict: Verdict) -> str:
    return f"{verdict.check}: {verdict.summary}"


def _played(policy: Policy, trace: Trace, turn: int, track: Track) -> _Played:
    verdicts = rehearse(trace, policy, turn, track)
    refused = tuple(one for one in verdicts if not accepted_by(one, policy).accepted)
    unsafe = tuple(one for one in verdicts if one in refused or _finds(one))
    return _Played(refused, unsafe, tuple(one for one in verdicts if one in unsafe or _is_near(one)))


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


def _finds(verdict: Verdict) -> bool:
    """True if too few were tried to tell, but some were found by more than chance: another draw may be a breach."""
    return not verdict.told and bool(verdict.metrics["risk_low"] > SURELY * verdict.bounds["risk"])


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
