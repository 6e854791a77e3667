"""The certificate, and the safe trace that it guards."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from smartsandbox.packs.attestation import ATTESTATION_FILE
from smartsandbox.packs.certificate import CERTIFICATE_FILE, Certificate, SafeTrace, Verdict, write_certified
from smartsandbox.packs.errors import NotSafeError, UntrustedError
from smartsandbox.packs.keyring import TrustedKey, own_key
from smartsandbox.packs.model import Ledger
from smartsandbox.packs.testing import (
    a_request,
    a_response,
    an_exchange,
    certified_trace,
    hand_made_certificate,
    hand_made_verdicts,
)
from smartsandbox.packs.trace import RAW, write_trace


def a_trace(tmp_path: Path) -> Path:
    certified_trace(tmp_path / "t", [an_exchange("e1", a_request(), a_response())])
    return tmp_path / "t"


def test_a_certificate_reads_back(tmp_path: Path) -> None:
    certificate = hand_made_certificate("d")
    certificate.write(tmp_path / "c.json")

    assert Certificate.read(tmp_path / "c.json") == certificate


def test_a_statement_about_test_accounts_reads_back_and_moves_the_format() -> None:
    plain = Certificate("d", "p", True, "k", hand_made_verdicts(), {})
    stated = replace(plain, test_accounts="our staging tenant")

    assert (plain.to_json()["format"], stated.to_json()["format"]) == (2, 3)
    assert Certificate.from_json(stated.to_json()) == stated
    assert plain.digest != stated.digest


@pytest.mark.parametrize(
    ("statement", "check", "problem"),
    [
        ("our staging tenant", "attack: known requests", None),
        ("", "attack: known requests", "does not hold"),
        ("our staging tenant", "leak scan", "did not pass"),
    ],
)
def test_only_the_certificates_own_statement_lets_a_check_fail(statement: str, check: str, problem: str | None) -> None:
    verdicts = tuple(
        replace(one, passed=False, test_accounts="our staging tenant") if one.check == check else one
        for one in hand_made_verdicts()
    )
    certificate = Certificate("d", "p", True, "k", verdicts, {}, statement)
    with pytest.raises(NotSafeError, match=problem) if problem else nullcontext():
        certificate.require_passed("trace t")


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


@pytest.mark.parametrize(
    "content", ["{", "[]", "{}", '{"format": 4}', '{"format": 3}', '{"format": 2, "content_digest": "x"}']
)
def test_a_damaged_certificate_is_refused(tmp_path: Path, content: str) -> None:
    path = a_trace(tmp_path)
    (path / CERTIFICATE_FILE).write_text(content)

    with pytest.raises(NotSafeError):
        SafeTrace.open(path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("passed", "yes"),
        ("told", 1),
        ("bounds", []),
        ("metrics", None),
        ("waiver", 3),
        ("test_accounts", True),
        ("findings", [1]),
        ("extra", 1),
    ],
)
def test_a_verdict_of_another_shape_is_damage(tmp_path: Path, field: str, value: object) -> None:
    certificate = hand_made_certificate("d").to_json()
    certificate["verdicts"][0][field] = value

    with pytest.raises(NotSafeError, match="the certificate is damaged: anonymise again"):
        Certificate.from_json(certificate)


def test_a_failed_check_is_named(tmp_path: Path) -> None:
    path = a_trace(tmp_path)
    digest = Certificate.read(path / CERTIFICATE_FILE).content_digest
    verdict = Verdict("k-anonymity", "singling out", False, "", {}, {})
    Certificate(digest, "p", True, "k", (verdict,), {}).write(path / CERTIFICATE_FILE)

    with pytest.raises(NotSafeError, match=r"did not pass \(k-anonymity\)"):
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


def test_a_certificate_from_before_signatures_says_what_to_do(tmp_path: Path) -> None:
    path = a_trace(tmp_path)
    (path / CERTIFICATE_FILE).write_text('{"format": 1}')

    with pytest.raises(NotSafeError, match="format 1 was never signed: anonymise and publish again"):
        SafeTrace.open(path)


def test_a_trace_names_who_signed_it(tmp_path: Path) -> None:
    assert SafeTrace.open(a_trace(tmp_path)).signers == (TrustedKey(own_key().public, "own signing key"),)


def test_a_trace_that_nobody_signed_is_refused(tmp_path: Path) -> None:
    path = a_trace(tmp_path)
    (path / ATTESTATION_FILE).unlink()

    with pytest.raises(UntrustedError, match=r"is not signed: attestation.json is missing; anonymise again"):
        SafeTrace.open(path)


def test_a_good_certificate_attached_to_other_rows_is_refused(tmp_path: Path) -> None:
    own, other = a_trace(tmp_path), certified_trace(tmp_path / "o", [an_exchange("e2", a_request(), a_response())])
    borrowed = replace(Certificate.read(own / CERTIFICATE_FILE), content_digest=other.certificate.content_digest)
    borrowed.write(other.trace.path / CERTIFICATE_FILE)
    (other.trace.path / ATTESTATION_FILE).write_bytes((own / ATTESTATION_FILE).read_bytes())

    with pytest.raises(UntrustedError, match=r"is about other content \(rows, trace.json\)"):
        SafeTrace.open(other.trace.path)


def test_a_changed_ledger_is_refused(tmp_path: Path) -> None:
    path = a_trace(tmp_path)
    (path / "trace.json").write_text((path / "trace.json").read_text().replace('"sample"', '"simple"'))

    with pytest.raises(UntrustedError, match=r"is about other content \(trace.json\)"):
        SafeTrace.open(path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"bounds": {"hits": 0}, "metrics": {"hits": 2}}, "leak scan: it says passed, but hits 2 is over hits 0"),
        (
            {"check": "k-anonymity"},
            "k-anonymity: it is there twice; leak scan: an anonymised trace must have this check",
        ),
    ],
)
def test_a_signed_certificate_whose_numbers_disagree_is_refused(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    safe = certified_trace(tmp_path / "t", [an_exchange("e1", a_request(), a_response())])
    scan = next(one for one in hand_made_verdicts() if one.check == "leak scan")
    others = (one for one in hand_made_verdicts() if one != scan)
    verdicts = (*others, replace(scan, **{"bounds": {"k": 5}, "metrics": {}} | changes))
    write_certified(safe.trace.path, replace(safe.certificate, anonymised=True, verdicts=verdicts))

    with pytest.raises(NotSafeError, match=words):
        SafeTrace.open(safe.trace.path)


def test_the_outcome_of_a_waived_check_is_not_that_it_passed() -> None:
    passed, waived, failed = (
        Verdict("c", "linkability", passed, "", {}, {}, told=told, waiver="too few people to try")
        for passed, told in ((True, True), (False, False), (False, True))
    )

    assert [one.outcome for one in (passed, waived, failed)] == ["passed", "waived", "failed"]
