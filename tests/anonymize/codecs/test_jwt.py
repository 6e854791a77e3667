from __future__ import annotations

import base64
import hashlib
import hmac
import json

from smartsandbox.anonymize.codecs.jwt import rewrite_jwt
from smartsandbox.anonymize.leaves import Leaf
from smartsandbox.anonymize.rewrite import CODECS, no_maps
from smartsandbox.anonymize.walk import Shared, Walk
from smartsandbox.packs.sandbox_tokens import TEST_KEY


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


TOKEN = f"{part({'alg': 'RS256', 'kid': 'k1'})}.{part({'sub': '42', 'email': 'ann@x.test'})}.c2lnbmF0dXJl"


def walked(new: dict[str, str]) -> str | None:
    walk = Walk(
        "GET /", "request.header", lambda leaf: new.get(leaf.pointer[-1], leaf.value), no_maps, CODECS, Shared()
    )
    return rewrite_jwt(TOKEN, (), (), walk, 1)


def test_claims_header_and_signature_are_leaves() -> None:
    found: list[Leaf] = []

    def visit(leaf: Leaf) -> str:
        found.append(leaf)
        return leaf.value

    assert rewrite_jwt(TOKEN, (), (), Walk("GET /", "query", visit, no_maps, CODECS, Shared()), 1) == TOKEN
    assert [leaf.pointer for leaf in found] == [
        ("header", "alg"), ("header", "kid"), ("claims", "sub"), ("claims", "email"), ("signature",),
    ]  # fmt: skip


def test_a_changed_token_verifies_with_the_published_key() -> None:
    token = walked({"email": "z@y.test"})
    assert token is not None
    signed, _, signature = token.rpartition(".")
    expected = hmac.digest(TEST_KEY, signed.encode(), hashlib.sha256)
    assert base64.urlsafe_b64decode(signature + "==") == expected
    header, claims = (json.loads(base64.urlsafe_b64decode(piece + "==")) for piece in signed.split("."))
    assert header["alg"] == "HS256"
    assert claims == {"sub": "42", "email": "z@y.test"}


def test_a_visitor_that_refuses_the_signature_gets_a_new_one() -> None:
    token = walked({"signature": "other"})
    assert token is not None
    assert token.rpartition(".")[2] not in ("c2lnbmF0dXJl", "other")


def test_three_words_with_dots_are_no_token() -> None:
    walk = Walk("GET /", "query", lambda leaf: leaf.value, no_maps, CODECS, Shared())
    assert rewrite_jwt("eyes.eyed.eying", (), (), walk, 1) is None
