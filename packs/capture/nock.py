"""What nock's recorder for Node writes, brought to the shape of a cassette's entry.

An entry has `scope` (scheme, host and port), `path` with its query, `body` as text or the JSON it was, `status`,
`response` and flat `rawHeaders`. A body in a content coding or of bytes is hexadecimal, in pieces or whole.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")


def is_nock(entry: Any) -> bool:
    """True for an object that names a scope, a method and a path."""
    return isinstance(entry, dict) and all(isinstance(entry.get(name), str) for name in ("scope", "method", "path"))


def as_cassette(entry: dict[str, Any]) -> dict[str, Any]:
    """The same entry as {"request": ..., "response": ...}."""
    answered = entry.get("response")
    headers = _header_lines(entry.get("rawHeaders", entry.get("headers")))
    is_coded = bool(entry.get("responseIsBinary")) or (_names_coding(headers) and _is_hex(answered))
    return {
        "request": {
            "method": entry["method"],
            "url": entry["scope"] + entry["path"],
            "headers": entry.get("reqheaders"),
            "body": _body(entry.get("body")),
        },
        "response": {
            "status_code": entry.get("status"),
            "headers": headers,
            "body": _bytes(answered) if is_coded else _body(answered),
        },
    }


def _names_coding(headers: Any) -> bool:
    pairs = headers.items() if isinstance(headers, dict) else headers or ()
    return any(str(pair[0]).lower() == "content-encoding" for pair in pairs if isinstance(pair, list | tuple) and pair)


def _is_hex(pieces: Any) -> bool:
    return isinstance(pieces, list) and all(isinstance(piece, str) and _HEX.fullmatch(piece) for piece in pieces)


def _bytes(pieces: Any) -> bytes | Any:
    text = "".join(pieces) if isinstance(pieces, list) else pieces
    return bytes.fromhex(text) if isinstance(text, str) and _HEX.fullmatch(text) else text


def _body(recorded: Any) -> str | bytes | None:
    return recorded if recorded is None or isinstance(recorded, str) else orjson.dumps(recorded)


def _header_lines(recorded: Any) -> Any:
    """Name and value take turns in a flat list."""
    if isinstance(recorded, list) and all(isinstance(item, str) for item in recorded):
        return [list(pair) for pair in zip(recorded[::2], recorded[1::2], strict=False)]
    return recorded
