"""Session tokens: JSON Web Tokens signed with HMAC-SHA256 (RFC 7519, RFC 7515)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Any

import orjson

from smartsandbox.demo.service.errors import unauthorised

LIFETIME_S = 3600
_HEADER = {"alg": "HS256", "typ": "JWT"}


def issue(claims: dict[str, Any], secret: bytes) -> str:
    """The compact form of a signed token."""
    signed = f"{_encode(orjson.dumps(_HEADER))}.{_encode(orjson.dumps(claims))}"
    return f"{signed}.{_encode(_sign(signed, secret))}"


def verify(token: str, secret: bytes, now: float) -> dict[str, Any]:
    """The claims of a token. Raises the 401 answer if it is malformed, not ours, or expired."""
    signed, _, signature = token.rpartition(".")
    if not hmac.compare_digest(_encode(_sign(signed, secret)).encode(), signature.encode()):
        raise unauthorised("invalid_token", "The bearer token is not valid")
    try:
        claims: dict[str, Any] = orjson.loads(_decode(signed.partition(".")[2]))
    except (orjson.JSONDecodeError, binascii.Error) as error:
        raise unauthorised("invalid_token", "The bearer token is not valid") from error
    if claims["exp"] <= now:
        raise unauthorised("token_expired", f"The token of {claims['email']} has expired: sign in again")
    return claims


def _sign(text: str, secret: bytes) -> bytes:
    return hmac.new(secret, text.encode(), hashlib.sha256).digest()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
