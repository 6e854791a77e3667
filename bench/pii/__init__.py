"""How much of what identifies people is found in API traffic, beside Presidio's two engines: `make bench-pii`.

A labelled trace is drawn from a seed; names of fields and values come in part from published contracts and a published
corpus in the captures folder (SMARTSANDBOX_CAPTURES, or ../shared/captures beside the checkout). Without it the rest is
measured and the table says so. Nothing here is timed.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from bench.pii import theirs
from bench.pii.corpus import Corpus, Label, build
from bench.pii.ours import published
from bench.pii.values import Source, read_corpus
from bench.pii.vocabulary import names
from bench.table import Table, json_line, shown
from smartsandbox.anonymize.apply import anonymize_trace
from smartsandbox.anonymize.keys import OsKeys
from smartsandbox.anonymize.suggest import suggest_policy
from smartsandbox.anonymize.testing.canaries import plant
from smartsandbox.anonymize.testing.codings import Chain, chains
from smartsandbox.anonymize.testing.search import Search
from smartsandbox.packs.model import Ledger
from smartsandbox.packs.trace import RAW, write_trace

KEYS = ("recall_structured", "recall_presidio", "recall_presidio_structured", "precision", "canaries_planted",
        "canaries_left")  # fmt: skip
SEED = 20261128
THIRD = 41
"""Of the codings three deep every so many is planted here; the slow tests plant all of them."""

Found = Callable[[Label], bool]


def captures_folder() -> Path:
    """Where the contracts and the corpus may be."""
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "captures"
    return Path(os.environ.get("SMARTSANDBOX_CAPTURES", beside))


def corpus_of(captures: Path, table: Table) -> Corpus:
    """The labelled trace; a part that is missing is noted."""
    source = Source(random.Random(SEED))
    if not read_corpus(captures, source):
        table.notes.append("no labelled corpus in the captures folder: values are made up, and there is no free text")
    vocabulary = names(captures)
    if not vocabulary["contracts"]:
        table.notes.append("no contracts in the captures folder: names of fields are plain or foreign")
    return build(vocabulary, source, SEED)


def recall(labels: Sequence[Label], found: Found | None) -> float | None:
    """The share of the labels that are found; None of none, or where nobody looked."""
    return sum(map(found, labels)) / len(labels) if labels and found else None


def precision(found: Sequence[bool], decoys: Sequence[bool]) -> float | None:
    """Of the planted leaves that were replaced, the share that identify."""
    replaced = sum(found) + sum(decoys)
    return sum(found) / replaced if replaced else None


def canaries(folder: Path, codings: Iterable[Chain]) -> tuple[int, int]:
    """Planted and left: in every place, in each of the chains of codings."""
    exchanges, planted = plant(codings)
    ledger = Ledger()
    ledger.keep(len(exchanges))
    raw = write_trace(folder / "raw", exchanges, RAW, ledger)
    policy = replace(suggest_policy(raw), test_accounts="planted values")
    safe = anonymize_trace(raw, policy, OsKeys().key(), folder / "safe")
    files = (path for path in safe.trace.path.rglob("*") if path.is_file())
    hits = Search(canary.core for canary in planted).in_files(files)
    return len(planted), len(set().union(*hits.values()))


def structured(corpus: Corpus, table: Table) -> Found | None:
    """presidio-structured's finds, or None with the reason in the notes."""
    try:
        spans = theirs.found_by_structured(corpus)
    except theirs.AbsentError as error:
        table.notes.append(str(error))
        return None
    return lambda label: theirs.covers(spans[label.exchange], label)


def rows(labels: Iterable[Label], by: Callable[[Label], str], finders: Sequence[Found | None], table: Table) -> None:
    """One row for each value of an attribute of the labels."""
    groups: dict[str, list[Label]] = {}
    for label in labels:
        groups.setdefault(by(label), []).append(label)
    for name, members in sorted(groups.items()):
        table.add(name, f"{len(members):,}", *(shown(recall(members, found), 3) for found in finders))


def measure(table: Table, folder: Path) -> dict[str, float | None]:
    """Measure everything into the table; returns what the JSON line holds."""
    corpus = corpus_of(captures_folder(), table)
    stands = published(corpus, folder / "labelled")
    spans = theirs.found_by_presidio(corpus)

    def ours(label: Label) -> bool:
        return not stands(label)

    def presidio(label: Label) -> bool:
        return theirs.covers(spans[label.exchange], label)

    finders = (ours, presidio, structured(corpus, table))
    rows(corpus.labels, lambda label: "all structured", finders, table)
    for title, by in _VIEWS.items():
        rows(corpus.labels, lambda label, title=title, by=by: f"{title} {by(label)}", finders, table)  # type: ignore[misc]
    rows(corpus.texts, lambda label: f"in free text, {label.class_name}", finders, table)
    rows(corpus.decoys, lambda label: "harmless, replaced", finders, table)
    codings = [(), *chains(1), *chains(2), *list(chains(3))[::THIRD]]
    planted, left = canaries(folder / "canaries", codings)
    return {
        "recall_structured": recall(corpus.labels, ours),
        "recall_presidio": recall(corpus.labels, presidio),
        "recall_presidio_structured": recall(corpus.labels, finders[2]),
        "precision": precision(list(map(ours, corpus.labels)), list(map(ours, corpus.decoys))),
        "canaries_planted": planted,
        "canaries_left": left,
    }


_VIEWS: dict[str, Callable[[Label], str]] = {
    "class": lambda label: label.class_name,
    "place": lambda label: label.place,
    "encoding": lambda label: label.encoding,
    "names": lambda label: label.group,
}


def main() -> None:
    """Print the table, then the JSON line."""
    table = Table("Recall on a labelled trace", ("values", "planted", "ours", "presidio", "presidio-structured"))
    with tempfile.TemporaryDirectory(prefix="smartsandbox-pii-") as folder:
        measured = measure(table, Path(folder))
    print(table.text())
    print(json_line(KEYS, measured))
