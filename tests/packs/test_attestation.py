"""Statements in the form of in-toto, and what is said of one that does not hold."""

from __future__ import annotations

import base64

import orjson
import pytest

from smartsandbox.packs.attestation import PAYLOAD_TYPE, Statement, Subject, joined, signers_of, trace_statement
from smartsandbox.packs.dsse import Envelope, seal
from smartsandbox.packs.errors import UntrustedError
from smartsandbox.packs.keyring import TrustedKey
from smartsandbox.packs.signing import SigningKey
from smartsandbox.packs.testing import hand_made_certificate

MINE, OTHER = SigningKey.new(), SigningKey.new()
TRUSTED = (TrustedKey(MINE.public, "mine"),)
STATEMENT = Statement((Subject("manifest.json", "aa"), Subject("a.parquet", "bb")), "https://t.example/v1", {"n": 1})


def signed(statement: Statement = STATEMENT, key: SigningKey = MINE, kind: str = PAYLOAD_TYPE) -> bytes:
    return seal(kind, statement.to_bytes(), key).to_bytes()


def refusal(content: bytes | None) -> str:
    with pytest.raises(UntrustedError) as raised:
        signers_of(content, "pack p", STATEMENT, TRUSTED, "publish it again")
    return str(raised.value)


def test_a_statement_is_one_of_in_toto() -> None:
    assert orjson.loads(STATEMENT.to_bytes()) == {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [
            {"name": "a.parquet", "digest": {"sha256": "bb"}},
            {"name": "manifest.json", "digest": {"sha256": "aa"}},
        ],
        "predicateType": "https://t.example/v1",
        "predicate": {"n": 1},
    }


def test_a_traces_statement_carries_its_certificate_about_its_rows() -> None:
    certificate = hand_made_certificate("d" * 64)
    value = orjson.loads(trace_statement("d" * 64, b"{}", certificate).to_bytes())

    assert value["predicate"] == certificate.to_json()
    assert value["subject"][0] == {"name": "rows", "digest": {"smartsandboxRows": "d" * 64}}
    assert value["subject"][1]["digest"]["sha256"] == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_the_same_statement_signed_by_a_trusted_key_holds() -> None:
    assert signers_of(signed(), "pack p", STATEMENT, TRUSTED, "") == TRUSTED


def test_what_is_wrong_is_one_line_with_what_to_do() -> None:
    other = Statement((Subject("manifest.json", "cc"), Subject("a.parquet", "bb")), STATEMENT.predicate_type, {"n": 1})
    mine, stranger = MINE.public.fingerprint, OTHER.public.fingerprint
    value = orjson.loads(signed())
    altered = orjson.dumps({**value, "payload": base64.b64encode(b"{}").decode()})
    unnamed = orjson.dumps({**value, "signatures": [{"sig": ""}]})

    assert refusal(None) == "pack p is not signed: attestation.json is missing; publish it again"
    assert refusal(b"{") == "pack p: attestation.json is damaged; publish it again"
    assert refusal(orjson.dumps({**value, "signatures": []})) == (
        "pack p is not signed: attestation.json holds no signature; publish it again"
    )
    assert refusal(altered) == f"pack p was altered: the signature of {mine} does not hold; publish it again"
    assert refusal(signed(key=OTHER)) == (
        f"pack p is signed by the key {stranger}, which is not trusted here: `smartsandbox keys trust FILE` with its "
        "public half if you know whose it is, else publish it again"
    )
    assert "signed by a key without a fingerprint" in refusal(unnamed)
    assert refusal(signed(other)) == (
        f"pack p: the signature of {mine} is about other content (manifest.json); publish it again"
    )


def test_a_predicate_or_a_type_of_another_kind_is_other_content() -> None:
    inputs = Statement(STATEMENT.subjects, STATEMENT.predicate_type, {"n": 2})

    assert "about other content (what it was made from)" in refusal(signed(inputs))
    assert "about other content" in refusal(signed(kind="text/plain"))
    assert "another kind of statement" in refusal(seal(PAYLOAD_TYPE, b"[]", MINE).to_bytes())


def test_a_file_more_is_other_content() -> None:
    more = Statement((*STATEMENT.subjects, Subject("z", "dd")), STATEMENT.predicate_type, {"n": 1})

    assert "about other content" in refusal(signed(more))


def test_signatures_join_only_over_one_statement() -> None:
    both = Envelope.from_bytes(joined(signed(key=OTHER), signed()))
    other = signed(Statement((), "t", {}), OTHER)

    assert {one.fingerprint for one in both.signatures} == {MINE.public.fingerprint, OTHER.public.fingerprint}
    assert joined(other, signed()) == signed()
    assert joined(b"{", signed()) == signed()
