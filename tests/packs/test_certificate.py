"""The certificate, and the safe trace that it guards."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from smartsandbox.packs.certificate import CERTIFICATE_FILE, Certificate, SafeTrace, Verdict
from smartsandbox.packs.errors import NotSafeError
from smartsandbox.packs.model import Ledger
from smartsandbox.packs.testing import a_request, a_response, an_exchange, certified_trace, hand_made_certificate
from smartsandbox.packs.trace import RAW, write_trace


def a_trace(tmp_path: Path) -> Path:
    certified_trace(tmp_path / "t", [an_exchange("e1", a_request(), a_response())])
    return tmp_path / "t"


def test_a_certificate_reads_back(tmp_path: Path) -> None:
    certificate = hand_made_certificate("d")
    certificate.write(tmp_path / "c.json")

    assert Certificate.read(tmp_path / "c.json") == certificate


def test_no_verdict_is_not_a_pass() -> None:
    assert not Certificate("d", "p", True, "k", (), {}).passed


def test_one_failed_verdict_fails_the_certificate() -> None:
    verdicts = tuple(Verdict("c", "linkability", passed, "", {}, {}) for passed in (True, False))

    assert not Certificate("d", "p", True, "k", verdicts, {}).passed


def test_a_certified_trace_opens(tmp_path: Path) -> None:
    assert SafeTrace.open(a_trace(tmp_path)).trace.count == 1


def test_a_raw_trace_is_refused(tmp_path: Path) -> None:
    write_trace(tmp_path / "t", [an_exchange("e1", a_request(), a_response())], RAW, Ledger())

    with pytest.raises(NotSafeError, match="raw trace: anonymise it"):
        SafeTrace.open(tmp_path / "t")


def test_a_trace_without_a_certificate_is_refused(tmp_path: Path) -> None:
    path = a_trace(tmp_path)
    (path / CERTIFICATE_FILE).unlink()

    with pytest.raises(NotSafeError, match="only certified content"):
        SafeTrace.open(path)


def test_a_trace_changed_after_certification_is_refused(tmp_path: Path) -> None:
    path = a_trace(tmp_path)
    part = next(path.rglob("*.parquet"))
    table = pq.read_table(part)
    pq.write_table(table.set_column(table.schema.get_field_index("path"), "path", [["/other"]]), part)

    with pytest.raises(NotSafeError, match="changed after it was certified"):
        SafeTrace.open(path)


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"format": 2}', '{"format": 1, "content_digest": "x"}'])
def test_a_damaged_certificate_is_refused(tmp_path: Path, content: str) -> None:
    path = a_trace(tmp_path)
    (path / CERTIFICATE_FILE).write_text(content)

    with pytest.raises(NotSafeError):
        SafeTrace.open(path)


def test_a_failed_check_is_named(tmp_path: Path) -> None:
    path = a_trace(tmp_path)
    digest = Certificate.read(path / CERTIFICATE_FILE).content_digest
    verdict = Verdict("k-anonymity", "singling out", False, "", {}, {})
    Certificate(digest, "p", True, "k", (verdict,), {}).write(path / CERTIFICATE_FILE)

    with pytest.raises(NotSafeError, match="did not pass: k-anonymity"):
        SafeTrace.open(path)


@pytest.mark.parametrize(
    ("passed", "told", "waiver", "accepted"),
    [
        (True, True, "", True),
        (False, False, "", False),
        (False, False, "test accounts only", True),
        (False, True, "test accounts only", False),
    ],
)
def test_only_a_check_that_could_not_tell_can_be_waived(passed: bool, told: bool, waiver: str, accepted: bool) -> None:
    verdict = Verdict("a check", "linkability", passed, "", {}, {}, told=told, waiver=waiver)
    assert verdict.accepted is accepted
    assert Certificate("c", "p", True, "k", (verdict,), {}).passed is accepted
