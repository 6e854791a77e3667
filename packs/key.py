"""The canonical match key: built once at publish, and again for each request served, by this one function.

Two requests have the same key if they have the same method, path, query parameters in any order (less the volatile
ones), body, where a JSON body is compared as a value and a form as a set of pairs, and headers that the rules name.
Host, session and credentials are not in the key; they choose among the exchanges that share one (see
`replay_engine.index`). What answers a request whose key no exchange has is the business of `packs.matching`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import parse_qsl, unquote_to_bytes

import orjson

from smartsandbox.packs.matching_rules import EXACT, Matching
from smartsandbox.packs.model import Headers, header

KEY_BYTES = 16
CREDENTIAL_HEADERS = ("authorization", "x-api-key", "api-key", "cookie")
"""In order of preference; the first that stands in a request names its caller."""

_SHORT = 256
"""Characters of a target that may be remembered."""
_WIDE_NUMBER = re.compile(rb"\d{17}")
_BOUNDARY = re.compile(r'boundary="?([^";,\s]+)', re.IGNORECASE)
_UNRESERVED = re.compile(rb"%([0-9a-fA-F]{2})")
_NOT_IN_A_PATH = re.compile(rb"[^\x21-\x7e]")
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


Named = tuple[tuple[str, str], ...]
"""Headers of a request, names in lower case."""


def match_key(
    method: str,
    path: str,
    query: str,
    content_type: str,
    body: bytes,
    matching: Matching = EXACT,
    headers: Named = (),
) -> bytes:
    """The 16-byte key (BLAKE2b over length-prefixed parts) of one request. Never raises for odd input.

    `headers` need hold those only that `matching.headers` names.
    """
    if body and len(path) + len(query) <= _SHORT:
        key = _remembered(method, path, query, matching.volatile_query).copy()
    else:
        key = _begun(method, path, query, matching.volatile_query)
    part = canonical_body(content_type, body) if body else b""
    key.update(len(part).to_bytes(4, "big") + part)
    if matching.headers:
        key.update(_named_headers(headers, matching.headers))
    return key.digest()


def _begun(method: str, path: str, query: str, volatile: Collection[str]) -> blake2b:
    """The key as far as the parts before the body make it."""
    key = blake2b(digest_size=KEY_BYTES)
    for part in (method.upper().encode(), canonical_path(path), canonical_query(query, volatile)):
        key.update(len(part).to_bytes(4, "big"))
        key.update(part)
    return key


_remembered = lru_cache(4096)(_begun)
"""Requests with a body go to few targets, over and over."""


def _named_headers(headers: Named, names: tuple[str, ...]) -> bytes:
    """A header that is missing is not one that is empty."""
    values = dict(headers)
    return _pairs_bytes([(name, values[name]) for name in names if name in values])


def canonical_path(path: str) -> bytes:
    """Octets that need encoding have it, in upper-case hex, and those that need none have none (RFC 3986, 6.2.2)."""
    raw = path.encode("utf-8", "surrogateescape")
    if not path.isascii() or not path.isprintable() or " " in path:
        raw = _NOT_IN_A_PATH.sub(lambda match: b"%%%02X" % match[0][0], raw)
    return _UNRESERVED.sub(_normal_octet, raw) if b"%" in raw else raw


def _normal_octet(match: re.Match[bytes]) -> bytes:
    octet = int(match[1], 16)
    return bytes([octet]) if octet in _PLAIN else b"%" + match[1].upper()


def canonical_query(query: str, volatile: Collection[str] = ()) -> bytes:
    """Decoded pairs in sorted order, without those named in `volatile`. Pairs that repeat keep their count."""
    if not query:
        return b""
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    return _pairs_bytes([pair for pair in pairs if pair[0] not in volatile])


def canonical_body(content_type: str, body: bytes) -> bytes:
    """The bytes that stand for a body in the key.

    JSON as sorted compact JSON, a urlencoded form as sorted pairs, multipart with a fixed boundary, all else as is. A
    body that does not parse as what it claims to be stands for itself.
    """
    kind = _kind(content_type) if len(content_type) <= _SHORT else _kind.__wrapped__(content_type)
    if kind.endswith("json") or (not kind and body[:1] in b"{["):
        return _canonical_json_body(body)
    if kind == "application/x-www-form-urlencoded":
        return _pairs_bytes(_form_pairs(body))
    if kind.startswith("multipart/"):
        boundary = _BOUNDARY.search(content_type)
        return body.replace(boundary[1].encode("utf-8", "replace"), b"boundary") if boundary else body
    return body


@lru_cache(256)
def _kind(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _canonical_json_body(body: bytes) -> bytes:
    """Two ids that differ only beyond what a double holds must not share a key, so such numbers stay text."""
    try:
        if _WIDE_NUMBER.search(body):
            exact = json.loads(body, parse_int=_as_text, parse_float=_as_text)
            return json.dumps(exact, sort_keys=True, separators=(",", ":")).encode()
        return orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
    except (ValueError, TypeError, RecursionError):
        return body


def _as_text(digits: str) -> str:
    return "\0" + digits


def _form_pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode("utf-8", "surrogateescape"), keep_blank_values=True, errors="surrogateescape")
    except ValueError:
        return [(unquote_to_bytes(body).decode("latin-1"), "")]


def _pairs_bytes(pairs: list[tuple[str, str]]) -> bytes:
    encoded = sorted((n.encode("utf-8", "surrogateescape"), v.encode("utf-8", "surrogateescape")) for n, v in pairs)
    return b"".join(len(part).to_bytes(4, "big") + part for pair in encoded for part in pair)


def credential_of(headers: Headers) -> str | None:
    """A digest that names the caller of a request by its token, API key or cookie; None where it carries none."""
    for name in CREDENTIAL_HEADERS:
        value = header(headers, name)
        if value:
            return credential_digest(value)
    return None


def credential_digest(value: str) -> str:
    """The form in which a credential stands in an index: 16 hex digits, not the credential."""
    return blake2b(value.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
