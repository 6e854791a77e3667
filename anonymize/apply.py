"""From a raw trace and a policy to a certified trace: read once to know all values, write once, check, publish by
renaming.

Nothing stands at the target unless every check passed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from smartsandbox.anonymize.certify import certify
from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.collect import Collected, collect
from smartsandbox.anonymize.errors import UndecidedError
from smartsandbox.anonymize.kanon.plan import Plan, plan_groups
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.policy_file import decision_lines
from smartsandbox.anonymize.spare import Spared, spare
from smartsandbox.anonymize.subjects import SubjectTable
from smartsandbox.anonymize.suggest import accepted
from smartsandbox.anonymize.surrogates import CLASSES
from smartsandbox.anonymize.surrogates.book import Book
from smartsandbox.anonymize.timeline.retiming import retimed
from smartsandbox.anonymize.timeline.times import Times, times_of
from smartsandbox.anonymize.transform import Settled, Transformer
from smartsandbox.anonymize.vocabulary import vocabulary_of
from smartsandbox.anonymize.wording import Wording, may_publish, shared_templates
from smartsandbox.packs.certificate import CERTIFICATE_FILE, SafeTrace
from smartsandbox.packs.errors import NotSafeError, UsageError
from smartsandbox.packs.model import Exchange, Ledger
from smartsandbox.packs.progress import Track, silent
from smartsandbox.packs.trace import ANONYMISED, RAW, Trace, write_trace


def anonymize_trace(
    trace: Trace, policy: Policy, key: RunKey, out: Path, track: Track = silent, canaries: Iterable[str] = ()
) -> SafeTrace:
    """Write a certified trace to `out`. `canaries` are planted values that the leak scan must not find either.

    Raises UndecidedError if a leaf or a request has no decision, NotSafeError if k-anonymity cannot be reached or a
    check fails, UsageError if `trace` is not raw or `out` is in the way.
    """
    _check_target(trace, out)
    settled, people = prepare(trace, policy, key, track)
    aside = out.with_name(out.name + ".unchecked")
    try:
        transformer = Transformer(settled)
        ledger = Ledger()
        ledger.keep(settled.found.exchanges)
        for reason, count in settled.spared.reasons.items():
            ledger.drop(reason, count)
        if settled.times.timeline.early:
            ledger.note("starts before the answer that it had waited for", settled.times.timeline.early)
        new = transformer.run(settled.spared.of(track(trace.exchanges(), "rewriting", trace.count)))
        written = write_trace(aside, new, ANONYMISED, ledger)
        evidence = _evidence(settled, transformer, people, written, canaries, track)
        certify(evidence, written.digest, key).write(aside / CERTIFICATE_FILE)
        _publish(aside, out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return SafeTrace.open(out)


def prepare(trace: Trace, policy: Policy, key: RunKey, track: Track = silent) -> tuple[Settled, SubjectTable]:
    """Read a raw trace once and fix what becomes of every value in it; nothing is written. Raises as above."""
    found = collect(track(trace.exchanges(), "reading for decisions", trace.count), policy)
    if found.missing or found.unmatched:
        raise undecided(trace, policy, found)
    require_people(found.subjects.table(), policy)
    spared, found = spare(trace.exchanges, policy, found)
    people = found.subjects.table()
    plan = checked_plan(people, policy)
    return settle(policy, key, found, people, plan, spared), people


def source_values(settled: Settled) -> dict[str, str]:
    """The source values that may stand in nothing published, folded, with one spelling of each.

    A value that stands for a group of k people is published on purpose, and one that stays as it is under any key
    (a loopback address) says nothing; both are left out.
    """
    book, spelling = settled.book, settled.found.values.spelling
    shared = book.standing_in(settled.plan.representatives)
    return {
        folded: spelling[folded]
        for folded in book.needles
        if folded not in shared and not book.is_own_surrogate(spelling[folded])
    }


def _check_target(trace: Trace, out: Path) -> None:
    if trace.kind != RAW:
        raise UsageError(
            f"{trace.path} is no raw trace but one that is {trace.kind}: give what `smartsandbox import` wrote"
        )
    if out.resolve() == trace.path.resolve():
        raise UsageError(f"--out {out} is the raw trace itself: choose another folder")
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / "trace.json").is_file())):
        raise UsageError(f"{out} exists and is not a trace: choose another --out")


def undecided(trace: Trace, policy: Policy, found: Collected) -> UndecidedError:
    """The refusal, with the lines that would let the trace through for a reviewer to accept."""
    wider = accepted(policy, trace.exchanges)
    added = {address: decision for address, decision in wider.decisions.items() if address not in policy.decisions}
    endpoints = sorted(set(wider.endpoints) - set(policy.endpoints))
    diff = "\n".join(["decisions:", *decision_lines(added, endpoints)])
    return UndecidedError(tuple(sorted(found.missing)), found.unmatched, diff)


def checked_plan(people: SubjectTable, policy: Policy) -> Plan:
    """The groups to publish. Raises NotSafeError if there are too few people or too many would be suppressed."""
    require_people(people, policy)
    plan = plan_groups(people.rows, policy.quasi_identifiers, policy.k)
    if len(plan.suppressed) > policy.suppression_limit * plan.population:
        worst = max(plan.blame, key=lambda name: plan.blame[name])
        raise NotSafeError(
            f"{len(plan.suppressed)} of {plan.population} people fit no group of {policy.k}, over the suppression limit"
            f" of {policy.suppression_limit:g}; most have {worst}: make it a surrogate, lower k or raise the limit"
        )
    return plan


def require_people(people: SubjectTable, policy: Policy) -> None:
    """Raises NotSafeError if quasi-identifiers of fewer than k people are to be published."""
    if policy.quasi_identifiers and len(people.rows) < policy.k:
        raise NotSafeError(
            f"the policy publishes quasi-identifiers in groups of k={policy.k}, but only {len(people.rows)} people have"
            " any: capture more people, lower k, or make them surrogates"
        )


def settle(policy: Policy, key: RunKey, found: Collected, people: SubjectTable, plan: Plan, spared: Spared) -> Settled:
    """Fix every surrogate and wording of the run."""
    vocabulary = vocabulary_of(policy)
    for value, holders in found.common.items():
        if not may_publish(value, holders, vocabulary.is_public(value), policy.k):
            found.values.note(value, "text")
    draft = Book(key, found.values, vocabulary)
    shared = shared_templates(found.texts, draft, policy.k)
    for value in sorted(found.texts):
        if not Wording(draft, shared).text(value)[1]:
            found.values.note(value, "text")
    book = Book(key, found.values, vocabulary)
    book.settle()
    times = _times(policy, key, found)
    return Settled(policy, key, book, Wording(book, shared), times, plan, people.owners, found, spared)


def _times(policy: Policy, key: RunKey, found: Collected) -> Times:
    course = found.course.course(found.subjects.speaker_of)
    return times_of(course, retimed(course, policy.k, key), found.times.sightings(), policy.k, key)


def _evidence(
    settled: Settled,
    transformer: Transformer,
    people: SubjectTable,
    written: Trace,
    canaries: Iterable[str],
    track: Track,
) -> Evidence:
    def output() -> Iterable[Exchange]:
        return track(written.exchanges(), "checking", written.count)

    needles = source_values(settled) | {canary.lower(): canary for canary in canaries}
    unique = {kind.domain for kind in CLASSES.values() if kind.unique}
    return Evidence(
        policy=settled.policy,
        output=output,
        plan=settled.plan,
        population=people.population if settled.policy.subjects else len(settled.found.sessions),
        tally=transformer.tally,
        needles=needles,
        surrogates={place: made for place, made in settled.book.made.items() if place[0] in unique},
    )


def _publish(aside: Path, out: Path) -> None:
    if out.exists():
        shutil.rmtree(out)
    aside.replace(out)
