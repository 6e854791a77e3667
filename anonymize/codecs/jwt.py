"""JSON Web Tokens: header and claims are visited, and a token that changed is signed anew with a published key.

The recorded signature never survives a change: the new token says HS256 and verifies with `TEST_KEY`, so that a
replayed client and a sandbox still agree on it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

import orjson

from smartsandbox.anonymize.codecs.base64 import decode_bytes
from smartsandbox.anonymize.codecs.json import rewrite_json
from smartsandbox.anonymize.leaves import Pointer
from smartsandbox.anonymize.walk import Walk

TEST_KEY = b"smartsandbox-test-key-not-a-secret"
"""Published on purpose: whoever verifies sandbox tokens needs it, and it protects nothing."""

_LOOKS = re.compile(r"(ey[A-Za-z0-9_-]+)\.(ey[A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)")
_ALGORITHM = re.compile(r'("alg"\s*:\s*)"[^"]*"')


def rewrite_jwt(text: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str | None:
    """Visit header, claims and signature; None if the text is not a JWT.

    A visitor that changes the signature asks for a new one; what it returns is not used.
    """
    match = _LOOKS.fullmatch(text)
    parts = [_json_part(part) for part in match.groups()[:2]] if match else []
    if match is None or None in parts or '"alg"' not in (parts[0] or ""):
        return None
    header = rewrite_json(parts[0] or "", (*pointer, "header"), scope, walk, depth)
    claims = rewrite_json(parts[1] or "", (*pointer, "claims"), scope, walk, depth)
    signature = walk.leaf(match[3], (*pointer, "signature"), scope)
    if header is None or claims is None:
        return None
    return text if [header, claims, signature] == [*parts, match[3]] else sign(header, claims)


def sign(header: str, claims: str) -> str:
    """A compact HS256 token under `TEST_KEY`, with the header's "alg" set to match."""
    header = _ALGORITHM.sub(r'\1"HS256"', header)
    signed = f"{_encode(header.encode('utf-8', 'replace'))}.{_encode(claims.encode('utf-8', 'replace'))}"
    return f"{signed}.{_encode(hmac.digest(TEST_KEY, signed.encode(), hashlib.sha256))}"


def _json_part(part: str) -> str | None:
    try:
        text = decode_bytes(part).decode()
        return text if isinstance(orjson.loads(text), dict) else None
    except ValueError:
        return None


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
