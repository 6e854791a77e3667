"""What the labelled trace holds and how recall and precision follow from it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from bench import pii
from bench.pii import corpus as corpora
from bench.pii import theirs
from bench.pii.corpus import ENCODINGS, Corpus, Label, build
from bench.pii.ours import published
from bench.pii.values import MAKERS, Sentence, Source, read_corpus
from bench.pii.vocabulary import FOREIGN, PLAIN, from_contracts, names
from smartsandbox.anonymize.checksums import is_card, is_iban
from smartsandbox.anonymize.testing.codings import chains


@pytest.fixture
def corpus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Corpus:
    """Six endpoints of a corpus without captures, and one sentence as free text."""
    monkeypatch.setattr(corpora, "ENDPOINTS", 6)
    sentence = Sentence("please call Ingeborg Vandersloot", (("person", "Ingeborg Vandersloot"),))
    return build(names(tmp_path), Source(random.Random(1), sentences=[sentence]), 1)


@pytest.mark.slow
def test_what_canaries_are_planted_in_is_published_without_one(tmp_path: Path) -> None:
    planted, left = pii.canaries(tmp_path, [(), *chains(1)])
    assert planted > 100
    assert left == 0


def test_every_label_can_be_read_in_its_exchange(corpus: Corpus) -> None:
    for label in corpus.labels:
        if label.encoding in ("plain", "json"):
            leaves = [text for _, text in theirs.leaves(theirs.document(corpus.exchanges[label.exchange]))]
            assert any(label.value in text or json.dumps(label.value)[1:-1] in text or "%" in text for text in leaves)


def test_the_same_seed_gives_the_same_corpus(corpus: Corpus, tmp_path: Path) -> None:
    sentence = Sentence("please call Ingeborg Vandersloot", (("person", "Ingeborg Vandersloot"),))
    again = build(names(tmp_path), Source(random.Random(1), sentences=[sentence]), 1)
    assert again.exchanges == corpus.exchanges


def test_plain_and_foreign_names_are_of_the_same_classes_and_share_none() -> None:
    assert PLAIN.keys() == FOREIGN.keys() == MAKERS.keys()
    assert not {name for text in PLAIN.values() for name in text.split()} & {
        name for text in FOREIGN.values() for name in text.split()
    }


def test_check_digits_are_right() -> None:
    draw = random.Random(3)
    assert all(is_iban(MAKERS["iban"](draw)) for _ in range(50))
    assert all(is_card(MAKERS["card"](draw).replace(" ", "")) for _ in range(50))


def test_names_of_a_contract_are_those_whose_format_pattern_or_example_tells(tmp_path: Path) -> None:
    (tmp_path / "openapi").mkdir()
    schema = {"To": {"format": "phone-number"}, "Sid": {"pattern": "^AC[0-9a-f]{32}$"}, "Title": {"format": "uri"}}
    (tmp_path / "openapi" / "a.json").write_text(json.dumps({"properties": schema, "example": {"who": "a@x.test"}}))
    assert from_contracts(tmp_path) == {"email": ["who"], "id": ["Sid"], "phone": ["To"]}


def test_without_captures_there_is_no_corpus_and_the_table_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpora, "ENDPOINTS", 1)
    table = pii.Table("t", ("a",))
    assert not read_corpus(tmp_path, Source(random.Random(1)))
    assert not pii.corpus_of(tmp_path, table).texts
    assert len(table.notes) == 2


def label(value: str) -> Label:
    return Label(0, "query", "person", "plain", "plain", "name", value)


def test_recall_is_a_share_and_none_where_nobody_looked() -> None:
    labels = [label("Ann"), label("Zoe")]
    assert pii.recall(labels, lambda one: one.value == "Ann") == 0.5
    assert pii.recall(labels, None) is None
    assert pii.recall([], lambda one: True) is None


def test_precision_is_the_share_of_what_was_replaced_that_identifies() -> None:
    assert pii.precision([True, True, True, False], [True, False]) == 0.75
    assert pii.precision([False], [False]) is None


def test_an_entity_covers_a_value_that_it_overlaps_and_nothing_covers_by_being_empty() -> None:
    assert theirs.covers({"ann smith"}, label("Ann Smith"))
    assert theirs.covers({"+49 151"}, label("+49 151 222"))
    assert not theirs.covers({""}, label("Ann"))


@pytest.mark.slow
def test_a_value_that_is_published_counts_as_missed_and_a_replaced_one_does_not(corpus: Corpus, tmp_path: Path) -> None:
    stands = published(corpus, tmp_path)
    assert sum(map(stands, corpus.labels)) < 0.05 * len(corpus.labels)
    truths = [one for one in corpus.decoys if one.name == "enabled"]
    assert truths
    assert all(map(stands, truths))
    assert sum(map(stands, corpus.decoys)) > 0.5 * len(corpus.decoys)


def test_ten_encodings_are_planted() -> None:
    assert len({"plain", *ENCODINGS}) == 10
