"""JSON Web Tokens: header and claims are visited, and a token that changed is signed anew with a published key.

The recorded signature never survives a change: the new token says HS256 and verifies with the published test key, so
that a replayed client and a sandbox still agree on it.
"""

from __future__ import annotations

import re

import orjson

from smartsandbox.anonymize.codecs.base64 import decode_bytes
from smartsandbox.anonymize.codecs.json import rewrite_json
from smartsandbox.anonymize.leaves import Pointer
from smartsandbox.anonymize.walk import Walk
from smartsandbox.packs.sandbox_tokens import sign

_LOOKS = re.compile(r"(ey[A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{2,})\.([A-Za-z0-9_-]*)")
_PRINTABLE = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")


def rewrite_jwt(text: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str | None:
    """Visit header, claims and signature; None if the text is not a JWT.

    A payload that is another token or other text is visited as it is. One that is not text, an encrypted token and one
    whose header names no algorithm are no JWT here, and stay opaque. A visitor that changes the signature asks for a
    new one; what it returns is not used.
    """
    match = _LOOKS.fullmatch(text)
    old_header, payload = (_json_part(match[1]), _text_part(match[2])) if match else (None, None)
    if match is None or old_header is None or payload is None or '"alg"' not in old_header:
        return None
    header = rewrite_json(old_header, (*pointer, "header"), scope, walk, depth)
    claims = rewrite_json(payload, (*pointer, "claims"), scope, walk, depth) if payload[:1] == "{" else None
    if claims is None:
        claims = walk.string(payload, (*pointer, "payload"), scope, depth)
    signature = walk.leaf(match[3], (*pointer, "signature"), scope)
    old = (old_header, payload, match[3])
    return text if (header, claims, signature) == old else sign(header or "", claims or "")


def _json_part(part: str) -> str | None:
    text = _text_part(part)
    try:
        return text if text is not None and isinstance(orjson.loads(text), dict) else None
    except ValueError:
        return None


def _text_part(part: str) -> str | None:
    try:
        text = decode_bytes(part).decode()
    except ValueError:
        return None
    return text if _PRINTABLE.fullmatch(text) else None
