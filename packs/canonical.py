"""Canonical JSON and digests: the same value gives the same bytes on every machine.

Digests are SHA-256 in lower-case hex. A digest of rows is over canonical JSON of each row, length-prefixed and in row
order, so it does not depend on how Parquet laid the bytes out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson

_OPTIONS = orjson.OPT_SORT_KEYS


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no white space. Raises TypeError for values JSON cannot hold."""
    return orjson.dumps(value, option=_OPTIONS)


def pretty_json(value: Any) -> bytes:
    """The same with an indent of two and a newline at the end, for files that people read."""
    return orjson.dumps(value, option=_OPTIONS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def digest_bytes(data: bytes) -> str:
    """SHA-256 of one byte string."""
    return hashlib.sha256(data).hexdigest()


def digest_json(value: Any) -> str:
    """SHA-256 of the canonical JSON of a value."""
    return digest_bytes(canonical_json(value))


Pieces = Callable[[], Iterable[bytes]]
"""A row too long to be put together: gives its pieces from the first one, as often as it is asked."""


def digest_rows(rows: Iterable[bytes | Pieces]) -> str:
    """SHA-256 over rows already in canonical bytes, in the order given; each is prefixed with its length."""
    total = hashlib.sha256()
    for row in rows:
        if isinstance(row, bytes):
            total.update(len(row).to_bytes(8, "big") + row)
            continue
        total.update(sum(map(len, row())).to_bytes(8, "big"))
        for piece in row():
            total.update(piece)
    return total.hexdigest()


def digest_file(path: Path) -> str:
    """SHA-256 of a file's bytes, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
