"""JSON Web Tokens of the sandbox: signed with a published key, so that whoever replays or serves can sign them anew."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

TEST_KEY = b"smartsandbox-test-key-not-a-secret"
"""Published on purpose: whoever verifies sandbox tokens needs it, and it protects nothing."""

_ALGORITHM = re.compile(r'("alg"\s*:\s*)"[^"]*"')


def sign(header: str, claims: str) -> str:
    """A compact HS256 token under `TEST_KEY`, with the header's "alg" set to match."""
    header = _ALGORITHM.sub(r'\1"HS256"', header)
    signed = f"{_encode(header.encode('utf-8', 'replace'))}.{_encode(claims.encode('utf-8', 'replace'))}"
    return f"{signed}.{_encode(hmac.digest(TEST_KEY, signed.encode(), hashlib.sha256))}"


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
