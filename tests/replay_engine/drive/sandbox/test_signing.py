"""Tokens and signatures made anew, checked as their receivers check them."""

from __future__ import annotations

import base64
import hashlib
import hmac

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.drive.correlation.draft import Draft
from smartsandbox.replay_engine.drive.sandbox.place import RequestPlace
from smartsandbox.replay_engine.drive.sandbox.signing import SCHEMES, BodySigner, JwtSigner, checked_key

NOW = 1_800_000_000.0
SECRET = "a sandbox's secret of 32 bytes or more"
BEARER = RequestPlace("header", "authorization")
CLAIMS = {"sub": "u1", "iat": 1_700_000_000, "nbf": 1_700_000_010, "exp": 1_700_000_300, "roles": ["a"]}


def draft(body: bytes = b"", **headers: str) -> Draft:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return Draft("\r\n".join(("POST /hook HTTP/1.1", *lines, f"Content-Length: {len(body)}", "", "")).encode() + body)


def recorded_token(claims: dict[str, object] = CLAIMS) -> str:
    return jwt.encode(claims, "the recorded service's key, long enough", "HS256", {"kid": "old", "typ": "at+jwt"})


def test_a_token_is_signed_with_the_sandbox_s_key_and_its_times_move_together() -> None:
    request = draft(Authorization=f"Bearer {recorded_token()}")
    JwtSigner(BEARER, "HS256", SECRET, "new").sign(request, NOW)
    scheme, token = (request.header("authorization") or "").split(" ")

    assert scheme == "Bearer"
    assert jwt.decode(
        token, SECRET, ["HS256"], options={"verify_exp": False, "verify_iat": False, "verify_nbf": False}
    ) == {
        "sub": "u1",
        "iat": 1_800_000_000,
        "nbf": 1_800_000_010,
        "exp": 1_800_000_300,
        "roles": ["a"],
    }
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "kid": "new", "typ": "at+jwt"}


def test_a_token_lives_half_its_life_before_it_is_signed_again() -> None:
    signer, tokens = JwtSigner(BEARER, "HS256", SECRET), []
    for after in (0, 100, 200):
        request = draft(Authorization=f"Bearer {recorded_token()}")
        signer.sign(request, NOW + after)
        tokens.append(request.header("authorization"))

    assert tokens[0] == tokens[1] != tokens[2]


def test_a_token_in_a_cookie_and_one_that_is_none() -> None:
    request = draft(Cookie=f"a=1; jwt={recorded_token({'sub': 'x'})}; b=2", Authorization="Bearer opaque")
    JwtSigner(RequestPlace("cookie", "jwt"), "HS256", SECRET).sign(request, NOW)
    JwtSigner(BEARER, "HS256", SECRET).sign(request, NOW)
    first, token, last = (request.header("cookie") or "").split("; ")

    assert (first, last) == ("a=1", "b=2")
    assert jwt.decode(token.removeprefix("jwt="), SECRET, ["HS256"]) == {"sub": "x"}
    assert request.header("authorization") == "Bearer opaque"


def test_a_private_key_signs_and_a_wrong_one_is_told_without_showing_it() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    request = draft(Authorization=f"Bearer {recorded_token({'sub': 'x'})}")
    checked_key("ES256", pem, "rule")
    JwtSigner(BEARER, "ES256", pem).sign(request, NOW)

    assert jwt.decode((request.header("authorization") or "")[7:], key.public_key(), ["ES256"]) == {"sub": "x"}
    for algorithm in ("RS256", "nonsense"):
        with pytest.raises(UsageError, match=f"rule: its key does not sign by {algorithm}") as caught:
            checked_key(algorithm, SECRET, "rule")
        assert SECRET not in str(caught.value)


def mac(text: bytes) -> bytes:
    return hmac.new(SECRET.encode(), text, hashlib.sha256).digest()


BODY = b'{"id":"live"}'


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("stripe", "t=1800000000,v1=" + mac(b"1800000000." + BODY).hex()),
        ("github", "sha256=" + mac(BODY).hex()),
        ("slack", "v0=" + mac(b"v0:1800000000:" + BODY).hex()),
        ("hex", mac(BODY).hex()),
        ("base64", base64.b64encode(mac(BODY)).decode()),
    ],
)
def test_each_scheme_signs_the_body_that_is_sent(scheme: str, expected: str) -> None:
    request = draft(b'{"id":"recorded"}', X_Sig="recorded", X_Slack_Request_Timestamp="1")
    request.body = BODY
    BodySigner("x-sig", SCHEMES[scheme], SECRET).sign(request, NOW)

    assert request.header("x-sig") == expected
    assert request.header("x-slack-request-timestamp") == ("1800000000" if scheme == "slack" else "1")


def test_a_request_without_a_signature_gets_none() -> None:
    request = draft(BODY)
    BodySigner("x-sig", SCHEMES["github"], SECRET).sign(request, NOW)

    assert request.message() == draft(BODY).message()


def test_no_signer_shows_its_key() -> None:
    assert SECRET not in repr([JwtSigner(BEARER, "HS256", SECRET), BodySigner("x", SCHEMES["hex"], SECRET)])
