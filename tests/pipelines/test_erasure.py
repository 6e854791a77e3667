"""Erasure in a deployment: erase, materialise the partition again, withdraw what was published before."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from smartsandbox import cli
from smartsandbox.anonymize.policy_file import write_policy
from smartsandbox.anonymize.suggest import suggest_policy
from smartsandbox.packs.capture.imports import import_captures
from smartsandbox.packs.store import FIXTURES, PACKS, Store
from smartsandbox.packs.trace import RAW, Trace, write_trace
from smartsandbox.pipelines.partitions import CaptureKey
from smartsandbox.pipelines.run import Materialised, materialize_all
from smartsandbox.pipelines.testing import account, capture_har, deliver, email

KEY = CaptureKey("payments", "2026-01-06")
PEOPLE, GONE = 40, 7


def run(root: Path) -> Materialised:
    places = (root / "captures", root / "work", str(root / "store"), KEY.service, KEY.day, root / "policies")
    return materialize_all(*places)


def review(captures: Path, root: Path) -> None:
    """The policy that a reviewer would have put there: the draft, and that these forty people are invented."""
    exchanges, ledger = import_captures([captures], KEY.service)
    drafted = suggest_policy(write_trace(root / "looked-at", exchanges, RAW, ledger))
    (root / "policies").mkdir()
    stated = replace(drafted, test_accounts="forty invented people")
    (root / "policies" / f"{KEY.service}.yaml").write_text(write_policy(stated))


@pytest.mark.slow
def test_after_an_erasure_the_partition_gives_packs_without_the_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    captures = deliver(tmp_path / "captures", KEY, capture_har(PEOPLE))
    review(captures, tmp_path)
    first = run(tmp_path)
    assert first.success
    work, url = tmp_path / "work" / KEY.service / KEY.day, str(tmp_path / "store")
    before = Trace.open(work / "raw").count

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(email(GONE).encode())))
    erase = ["erase", str(work / "raw"), "--policy", str(work / "policy.yaml"), "--captures", str(captures)]
    assert cli.run([*erase, "--store", url]) == 0
    printed = capsys.readouterr().out
    withdrawals = [line.split()[1:] for line in printed.splitlines() if " withdraw " in line]
    assert {words[2] for words in withdrawals} == set(first.published.values())

    second = run(tmp_path)
    assert second.success
    for words in withdrawals:
        assert cli.run(words) == 0

    raw = Trace.open(work / "raw")
    assert raw.count == before - 3
    texts = [
        (captures / "visits.har").read_text(),
        *(repr(pq.read_table(part).to_pylist()) for part in raw.partitions()),
    ]
    for value in (email(GONE), str(account(GONE)["id"])):
        assert not any(value in text for text in texts)
    store = Store(url)
    listed = {item.ref for kind in (PACKS, FIXTURES) for item in store.list(kind)}
    assert listed == set(second.published.values())
    assert not listed & set(first.published.values())
    (full,) = (item for item in store.list(PACKS) if item.manifest["template"] == "full")
    assert full.manifest["counts"]["exchanges"] == raw.count
