"""From a raw trace and a policy to a certified trace: read once to know all values, write once, check, publish by
renaming.

Nothing stands at the target unless every check passed.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from smartsandbox.anonymize.amounts import Amounts
from smartsandbox.anonymize.certify import certify
from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.collect import Collected, collect
from smartsandbox.anonymize.errors import UndecidedError
from smartsandbox.anonymize.grouping import checked_plan, require_people
from smartsandbox.anonymize.kanon.plan import Plan
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.ledger import Tally
from smartsandbox.anonymize.named_keys import named_keys
from smartsandbox.anonymize.pages import pages
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.policy_file import decision_lines
from smartsandbox.anonymize.settled import Settled
from smartsandbox.anonymize.source_values import SourceValues
from smartsandbox.anonymize.spare import Spared, spare
from smartsandbox.anonymize.subjects import SubjectTable
from smartsandbox.anonymize.suggest import accepted
from smartsandbox.anonymize.surrogates import CLASSES
from smartsandbox.anonymize.surrogates.book import Book
from smartsandbox.anonymize.timeline.course import Course
from smartsandbox.anonymize.timeline.retiming import retimed
from smartsandbox.anonymize.timeline.second import second_start
from smartsandbox.anonymize.timeline.times import Times, times_of
from smartsandbox.anonymize.transform import Transformer
from smartsandbox.anonymize.unseen import unseen_places
from smartsandbox.anonymize.vocabulary import Vocabulary, vocabulary_of
from smartsandbox.anonymize.wording import Wording, Wordings, may_publish, shared_templates
from smartsandbox.packs.certificate import SafeTrace, write_certified
from smartsandbox.packs.errors import NotSafeError, UsageError
from smartsandbox.packs.keyring import own_key
from smartsandbox.packs.lineage import Descent, record_descent
from smartsandbox.packs.memory import given_back, seldom_collected, trim
from smartsandbox.packs.model import Exchange, Ledger
from smartsandbox.packs.no_pandas import leave_pandas_out
from smartsandbox.packs.progress import Track, silent
from smartsandbox.packs.trace import ANONYMISED, RAW, Trace, write_trace

_RELEASED_EVERY = 1 << 13
"""Exchanges."""


def anonymize_trace(
    trace: Trace, policy: Policy, key: RunKey, out: Path, track: Track = silent, canaries: Iterable[str] = ()
) -> SafeTrace:
    """Write a certified trace to `out`. `canaries` are planted values that the leak scan must not find either.

    Raises UndecidedError if a leaf or a request has no decision, NotSafeError if k-anonymity cannot be reached or a
    check fails, UsageError if `trace` is not raw or `out` is in the way.
    """
    _check_target(trace, out)
    leave_pandas_out()
    signing = own_key()
    aside = out.with_name(out.name + ".unchecked")
    with given_back(), seldom_collected():
        settled, people = prepare(trace, policy, key, track)
        try:
            again = second_start(settled.found.course, settled.times.course, policy.k, key)
            written, tally = _rewritten(trace, settled, aside, track)
            settled.release()
            evidence = _evidence(trace, settled, tally, people, written, again, canaries, track)
            write_certified(aside, certify(evidence, written.digest, key), signing)
            record_descent(aside, out, Descent(trace.digest, written.digest, policy.digest))
            _publish(aside, out)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            settled.found.close()
        return SafeTrace.open(out)


def _rewritten(trace: Trace, settled: Settled, aside: Path, track: Track) -> tuple[Trace, Tally]:
    """The second pass: the trace that it wrote, and what it did with the leaves."""
    transformer = Transformer(settled)
    ledger = Ledger()
    ledger.keep(settled.found.exchanges)
    for reason, count in settled.spared.reasons.items():
        ledger.drop(reason, count)
    if settled.times.timeline.early:
        ledger.note("starts before the answer that it had waited for", settled.times.timeline.early)
    read = settled.spared.of(track(trace.exchanges(), "rewriting", trace.count))
    new = _noted(transformer, _releasing(read, settled.times), ledger)
    return write_trace(aside, new, ANONYMISED, ledger), transformer.tally


def _noted(transformer: Transformer, exchanges: Iterable[Exchange], ledger: Ledger) -> Iterator[Exchange]:
    """The exchanges made safe; what was noted on the way stands in the ledger after the last."""
    yield from transformer.run(exchanges)
    for what, count in transformer.notes.items():
        ledger.note(what, count)


def _releasing(exchanges: Iterable[Exchange], times: Times) -> Iterator[Exchange]:
    """The exchanges; what was read of the columns of times is given back every so often."""
    for number, exchange in enumerate(exchanges):
        if number % _RELEASED_EVERY == 0:
            times.release()
        yield exchange


def prepare(trace: Trace, policy: Policy, key: RunKey, track: Track = silent) -> tuple[Settled, SubjectTable]:
    """Read a raw trace once and fix what becomes of every value in it; nothing is written. Raises as above."""
    found = collect(track(trace.exchanges(), "reading for decisions", trace.count), policy)
    if found.missing or found.unmatched:
        raise undecided(trace, policy, found)
    _check_keys(policy, found)
    require_people(found.subjects.table(), policy)
    spared, found = spare(trace.exchanges, policy, found)
    people = found.subjects.table()
    plan = checked_plan(people, policy)
    settled = settle(policy, key, found, people, plan, spared)
    people.forget_rows()
    found.forget_people()
    trim()
    return settled, people


def source_values(settled: Settled, canaries: Iterable[str] = ()) -> SourceValues:
    """The source values that may stand in nothing published, with planted ones among them."""
    shared = settled.book.standing_in(settled.plan.representatives)
    planted = {canary.lower(): canary for canary in canaries}
    return SourceValues(settled.found.values, settled.book, shared, planted, settled.is_constant)


def _check_keys(policy: Policy, found: Collected) -> None:
    places = named_keys(policy, found.values)
    if places:
        raise NotSafeError(
            f"{len(places)} objects have a key that is a person's name elsewhere in the capture, the first at"
            f" {places[0]}: list them under `maps` in the policy, so that their keys are taken as values"
        )


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


def settle(policy: Policy, key: RunKey, found: Collected, people: SubjectTable, plan: Plan, spared: Spared) -> Settled:
    """Fix every surrogate and wording of the run."""
    vocabulary = vocabulary_of(policy)
    found.count_people()
    for value, holders in found.common.in_order():
        if not may_publish(value, len(holders), vocabulary.is_public(value), policy.k):
            found.values.note(value, "text")
    bands = found.pools.settle(policy.k, key, found.subjects.person)
    amounts = Amounts(bands)
    shared = _settled_texts(key, found, vocabulary, amounts, policy.k)
    book = Book(key, found.values, vocabulary)
    book.settle()
    wordings = Wordings.settled(Wording(book, amounts, shared), found.texts, found.scratch)
    book.release()
    found.release()
    course = found.course.course(found.subjects.speaker_of)
    spoken, times = found.spoken.dealt(course, policy.k, key), _times(course, policy, key, found)
    return Settled(
        policy, key, book, wordings, times, plan, bands, people.owners, people.holders, spoken, found, spared
    )


def _times(course: Course, policy: Policy, key: RunKey, found: Collected) -> Times:
    times = times_of(course, retimed(course, policy.k, key), found.times.sightings(), policy.k, key)
    times.release()
    found.course.release()
    return times


def _settled_texts(key: RunKey, found: Collected, vocabulary: Vocabulary, amounts: Amounts, k: int) -> frozenset[str]:
    """The shared templates. Texts of any other wording become values, but not before all texts have been judged."""
    draft = Book(key, found.values, vocabulary)
    shared = shared_templates(found.texts, draft, amounts, k, found.scratch)
    wording, unworded = Wording(draft, amounts, shared), found.scratch.dictionary()
    for page in pages(value for value, _ in found.texts.in_order()):
        for value, worded in zip(page, wording.worded(page), strict=True):
            if worded is None:
                unworded[value] = ""
    draft.drop()
    for value, _ in unworded.in_order():
        found.values.note(value, "text")
    unworded.drop()
    return shared


def _evidence(
    raw: Trace,
    settled: Settled,
    tally: Tally,
    people: SubjectTable,
    written: Trace,
    again: Callable[[Exchange], int],
    canaries: Iterable[str],
    track: Track,
) -> Evidence:
    def output() -> Iterable[Exchange]:
        return track(written.exchanges(), "checking", written.count)

    unique = frozenset(kind.domain for kind in CLASSES.values() if kind.unique)
    return Evidence(
        policy=settled.policy,
        original=raw.exchanges,
        output=output,
        published_id=settled.published_id,
        second_start=again,
        bands=settled.bands,
        plan=settled.plan,
        population=people.population if settled.policy.subjects else len(settled.found.sessions),
        tally=tally,
        unseen=unseen_places(settled.policy, settled.found.used),
        needles=source_values(settled, canaries),
        surrogates=settled.book.made.of_domains(unique),
        person_of=settled.found.subjects.speaker_of,
        release=settled.found.forget_values,
    )


def _publish(aside: Path, out: Path) -> None:
    if out.exists():
        shutil.rmtree(out)
    aside.replace(out)
