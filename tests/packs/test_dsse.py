"""Envelopes: the encoding of the specification, and nothing accepted but what a trusted key signed."""

from __future__ import annotations

import base64

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.dsse import Envelope, EnvelopeError, pae, seal
from smartsandbox.packs.keyring import TrustedKey
from smartsandbox.packs.signing import SigningKey

MINE, OTHER = SigningKey.new(), SigningKey.new()
TRUSTED = (TrustedKey(MINE.public, "mine"),)


def test_the_encoding_is_that_of_the_specification() -> None:
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_lengths_are_of_bytes() -> None:
    assert pae("é", "ü€".encode()) == b"DSSEv1 2 \xc3\xa9 5 \xc3\xbc\xe2\x82\xac"


@given(st.text(), st.binary(), st.text(), st.binary())
def test_two_pairs_never_have_one_encoding(kind: str, payload: bytes, other_kind: str, other_payload: bytes) -> None:
    assert (pae(kind, payload) == pae(other_kind, other_payload)) == ((kind, payload) == (other_kind, other_payload))


@given(st.binary(max_size=200))
def test_an_envelope_reads_back_with_its_signer(payload: bytes) -> None:
    sealed = seal("t", payload, MINE)

    assert Envelope.from_bytes(sealed.to_bytes()) == sealed
    assert sealed.signers(TRUSTED) == TRUSTED


def test_equal_content_and_key_give_equal_bytes() -> None:
    assert seal("t", b"x", MINE).to_bytes() == seal("t", b"x", MINE).to_bytes()


@pytest.mark.parametrize("changes", [{"payload": base64.b64encode(b"y").decode()}, {"payloadType": "u"}])
def test_what_was_changed_has_no_signer(changes: dict[str, str]) -> None:
    value = {**orjson.loads(seal("t", b"x", MINE).to_bytes()), **changes}

    assert Envelope.from_bytes(orjson.dumps(value)).signers(TRUSTED) == ()


def test_a_claimed_fingerprint_alone_is_not_a_signature() -> None:
    value = orjson.loads(seal("t", b"x", OTHER).to_bytes())
    value["signatures"][0]["keyid"] = MINE.public.fingerprint

    assert Envelope.from_bytes(orjson.dumps(value)).signers(TRUSTED) == ()


def test_a_signature_without_a_claim_is_tried() -> None:
    value = orjson.loads(seal("t", b"x", MINE).to_bytes())
    del value["signatures"][0]["keyid"]

    assert Envelope.from_bytes(orjson.dumps(value)).signers(TRUSTED) == TRUSTED


def test_a_claim_that_is_no_fingerprint_is_not_repeated() -> None:
    value = orjson.loads(seal("t", b"x", MINE).to_bytes())
    value["signatures"][0]["keyid"] = "\x1b[2Jtrusted"

    assert Envelope.from_bytes(orjson.dumps(value)).signatures[0].fingerprint == ""


def test_signatures_of_both_are_kept_in_one_order() -> None:
    one, two = seal("t", b"x", MINE), seal("t", b"x", OTHER)

    assert one.joined(two).to_bytes() == two.joined(one).to_bytes()
    assert one.joined(two).signers(TRUSTED) == TRUSTED
    assert one.joined(one).to_bytes() == one.to_bytes()


def test_base64_may_be_of_either_alphabet() -> None:
    payload = b"\xfb\xff\xfe"
    value = orjson.loads(seal("t", payload, MINE).to_bytes())
    value["payload"] = base64.urlsafe_b64encode(payload).decode()

    assert Envelope.from_bytes(orjson.dumps(value)).payload == payload


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"{}", b'{"payload": "x", "payloadType": "t", "signatures": []}']
    + [b'{"payload": "", "payloadType": "t", "signatures": [%b]}' % item for item in (b"1", b"{}", b'{"sig": 1}')]
    + [b'{"payload": "", "payloadType": "t", "signatures": [{"keyid": 1, "sig": ""}]}'],
)
def test_anything_else_is_no_envelope(content: bytes) -> None:
    with pytest.raises(EnvelopeError):
        Envelope.from_bytes(content)
