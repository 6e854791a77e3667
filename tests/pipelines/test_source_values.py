from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from smartsandbox.anonymize.policy_file import write_policy
from smartsandbox.anonymize.suggest import suggest_policy
from smartsandbox.packs.capture.imports import import_captures
from smartsandbox.packs.trace import RAW, write_trace
from smartsandbox.pipelines.gates import leak_gate, synthetic_leak_gate
from smartsandbox.pipelines.source_values import SourceValue, SourceValues
from smartsandbox.pipelines.testing import account, capture_har, email


@pytest.mark.slow
def test_the_customers_values_are_found_and_the_words_of_the_api_are_not(tmp_path: Path) -> None:
    (tmp_path / "visits.har").write_bytes(capture_har(people=12))
    exchanges, ledger = import_captures([tmp_path / "visits.har"], "payments")
    trace = write_trace(tmp_path / "raw", exchanges, RAW, ledger)
    (tmp_path / "policy.yaml").write_text(write_policy(suggest_policy(trace)))
    values = {one.value for one in SourceValues().of(tmp_path / "raw", tmp_path / "policy.yaml")}
    assert {email(person) for person in range(12)} <= values
    assert {account(person)["id"] for person in range(12)} <= values
    assert not {"account", "payment", "application/json"} & values


def test_a_value_never_stands_in_a_message() -> None:
    assert "lovelace" not in repr(SourceValue("ada@lovelace.org", "email"))


@pytest.mark.parametrize(
    "text",
    [
        "ada@lovelace.org",
        "ADA@LOVELACE.ORG",
        "ada%40lovelace.org",
        b64encode(b"from ada@lovelace.org to all").decode(),
        b64encode(b"ada@lovelace.org").decode(),
        b"ada@lovelace.org".hex(),
    ],
)
def test_a_value_is_found_in_a_published_file_and_only_its_place_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "rows.jsonl").write_text(f'{{"note": "{text}"}}')
    (line,) = leak_gate(tmp_path, [SourceValue("ada@lovelace.org", "email")])
    assert line.startswith("rows.jsonl")
    assert "lovelace" not in line


def test_a_single_name_may_be_equal_by_chance_in_synthetic_rows_but_no_full_name(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"name": "Augusta Byronson"}')
    single, full = SourceValue("Byronson", "last_name"), SourceValue("Augusta Byronson", "person")
    assert list(synthetic_leak_gate(tmp_path, [single])) == []
    assert len(list(synthetic_leak_gate(tmp_path, [single, full]))) == 1
    assert len(list(leak_gate(tmp_path, [single]))) == 1
