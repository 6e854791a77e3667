"""Encodings as traffic nests them, each written out by the standard library or the reference package alone.

They are the other side of `anonymize.codecs`, and deliberately share nothing with it. Everything is bytes; a coding
that needs text inside, or that does not give text, says so, which decides what composes.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from urllib.parse import quote
from xml.sax.saxutils import escape


@dataclass(frozen=True, slots=True)
class Coding:
    """`needs_text`: only UTF-8 text can stand inside. `gives_text`: what comes out is such text."""

    name: str
    encode: Callable[[bytes], bytes]
    needs_text: bool = True
    gives_text: bool = True


def _json(raw: bytes) -> bytes:
    return json.dumps({"kind": "note", "held": raw.decode()}).encode()


def _keyed(raw: bytes) -> bytes:
    return json.dumps({"members": {raw.decode(): {"role": "member"}}}).encode()


def _quoted(raw: bytes) -> bytes:
    return json.dumps(json.dumps({"held": raw.decode()})).encode()


def _xml(raw: bytes) -> bytes:
    return b"<note><held>" + escape(raw.decode()).encode() + b"</held></note>"


def _attribute(raw: bytes) -> bytes:
    return b'<note held="' + escape(raw.decode(), {'"': "&quot;", "\n": "&#10;", "\r": "&#13;"}).encode() + b'"/>'


def _form(raw: bytes) -> bytes:
    return b"kind=note&held=" + quote(raw, safe="").encode()


def _percent(raw: bytes) -> bytes:
    return quote(b'{"held":' + json.dumps(raw.decode()).encode() + b"}", safe="").encode()


def _unpadded(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _jwt(raw: bytes) -> bytes:
    signed = _unpadded(b'{"alg":"HS256","typ":"JWT"}') + b"." + _unpadded(json.dumps({"held": raw.decode()}).encode())
    return signed + b"." + _unpadded(hmac.digest(b"key of the canaries", signed, hashlib.sha256))


def _basic(raw: bytes) -> bytes:
    return b"Basic " + base64.b64encode(b"member:" + raw)


def _url(raw: bytes) -> bytes:
    return b"https://files.tidewater.test/v1/return?kind=note&held=" + quote(raw, safe="").encode()


def _fragment(raw: bytes) -> bytes:
    return b"https://files.tidewater.test/v1/return#kind=note&held=" + quote(raw, safe="").encode()


def _user_info(raw: bytes) -> bytes:
    return b"https://member:" + quote(raw, safe="").encode() + b"@files.tidewater.test/v1/return"


def _data_url(raw: bytes) -> bytes:
    return b"data:application/octet-stream;base64," + base64.b64encode(raw)


def _multipart(raw: bytes, *headers: str) -> bytes:
    head = "".join(f"\r\n{line}" for line in ('Content-Disposition: form-data; name="held"', *headers))
    boundary = "part" + hashlib.sha256(raw).hexdigest()[:12]
    return f"--{boundary}{head}\r\n\r\n".encode() + raw + f"\r\n--{boundary}--\r\n".encode()


def _mail_part(raw: bytes) -> bytes:
    return _multipart(base64.encodebytes(raw).rstrip(), "Content-Transfer-Encoding: base64")


def _brotli(raw: bytes) -> bytes:
    import brotli

    packed: bytes = brotli.compress(raw, quality=5)  # as servers do: the best would take most of the time here
    return packed


def _brotli_part(raw: bytes) -> bytes:
    return _multipart(_brotli(raw), "Content-Encoding: br")


def _zstd(raw: bytes) -> bytes:
    import zstandard

    packed: bytes = zstandard.ZstdCompressor().compress(raw)
    return packed


def _raw_deflate(raw: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(raw) + packer.flush()


CODINGS: tuple[Coding, ...] = (
    Coding("json", _json),
    Coding("object key", _keyed),
    Coding("json twice", _quoted),
    Coding("xml", _xml),
    Coding("xml attribute", _attribute),
    Coding("form", _form),
    Coding("percent", _percent),
    Coding("base64", base64.b64encode, needs_text=False),
    Coding("base64url", _unpadded, needs_text=False),
    Coding("jwt", _jwt),
    Coding("basic", _basic),
    Coding("url query", _url),
    Coding("url fragment", _fragment),
    Coding("url user info", _user_info),
    Coding("data url", _data_url, needs_text=False),
    Coding("multipart", _multipart, needs_text=False, gives_text=False),
    Coding("multipart base64", _mail_part, needs_text=False),
    Coding("multipart br", _brotli_part, needs_text=False, gives_text=False),
    Coding("gzip", lambda raw: gzip.compress(raw, mtime=0), needs_text=False, gives_text=False),
    Coding("deflate", zlib.compress, needs_text=False, gives_text=False),
    Coding("raw deflate", _raw_deflate, needs_text=False, gives_text=False),
    Coding("br", _brotli, needs_text=False, gives_text=False),
    Coding("zstd", _zstd, needs_text=False, gives_text=False),
)
"""A multipart body is text only if its part is, so it is counted among those that are not."""

Chain = tuple[Coding, ...]
"""Codings from the inside out."""


def composes(chain: Iterable[Coding]) -> bool:
    """True if each coding can stand inside the next."""
    gives_text = True
    for coding in chain:
        if coding.needs_text and not gives_text:
            return False
        gives_text = coding.gives_text
    return True


def chains(length: int) -> Iterator[Chain]:
    """Every ordered choice of codings of that length, with repetition, that composes."""
    return (chain for chain in product(CODINGS, repeat=length) if composes(chain))


def encoded(value: str, chain: Iterable[Coding]) -> bytes:
    """A value inside the codings, the first of them innermost."""
    raw = value.encode()
    for coding in chain:
        raw = coding.encode(raw)
    return raw
