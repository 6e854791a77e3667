"""The record of erasures: appended, provable with its receipt, and silent about whom it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from smartsandbox.anonymize.erasure.audit import (
    AuditLine,
    commitment_to,
    default_audit_file,
    earlier_digests,
    proven,
)
from smartsandbox.packs.errors import UsageError

RECEIPT = "0123456789abcdef" * 2
LINE = AuditLine(
    "2026-01-31T12:00:00Z", "dpo", "traces/raw", commitment_to(["ann@x.org", "4711"], RECEIPT), "a", "b", {"removed": 3}
)


def test_a_line_is_proven_by_receipt_and_identifiers_in_any_order_and_case(tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    LINE.append_to(file)
    replace(LINE, commitment=commitment_to(["bob@x.org"], RECEIPT), before="b", after="c").append_to(file)

    found = proven(file, ["4711", "ANN@x.org "], RECEIPT)

    assert found is not None
    assert (found["before"], found["counts"]) == ("a", {"removed": 3})
    assert proven(file, ["4711"], RECEIPT) is None
    assert proven(file, ["4711", "ann@x.org"], "f" * 32) is None


def test_the_record_names_nobody_and_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    LINE.append_to(file)

    text = file.read_text()
    assert "ann" not in text
    assert "4711" not in text
    assert RECEIPT not in text
    assert file.stat().st_mode & 0o077 == 0


def test_the_digests_before_an_erasure_lead_to_the_one_after(tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    for before, after in (("x", "y"), ("a", "b"), ("b", "c")):
        replace(LINE, before=before, after=after).append_to(file)

    assert earlier_digests(file, "c") == {"a", "b", "c"}
    assert earlier_digests(tmp_path / "none", "c") == {"c"}


def test_a_damaged_record_is_an_error_and_not_an_empty_one(tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    LINE.append_to(file)
    file.write_text(file.read_text() + "{cut")

    with pytest.raises(UsageError, match="line 2 is damaged"):
        proven(file, ["4711"], RECEIPT)


@pytest.mark.parametrize("receipt", ["", "xyz", "0" * 31, RECEIPT.upper()])
def test_a_receipt_that_is_none_is_refused(receipt: str) -> None:
    with pytest.raises(UsageError, match="32 hexadecimal digits"):
        commitment_to(["4711"], receipt)


def test_the_record_stands_beside_the_trace_that_an_import_replaces() -> None:
    assert default_audit_file(Path("traces/raw")) == Path("traces/raw.erasures.jsonl")
