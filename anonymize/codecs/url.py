"""URLs that hold something encoded, such as a token in a query or a fragment, or credentials before the host.

The encoded values are visited one by one; the URL without them is one leaf, and they are put back where they stood in
what became of it. A URL with nothing encoded in it is no business of this codec: it stays one leaf.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, quote_from_bytes

from smartsandbox.anonymize.escapes import percent_decoded, percent_text
from smartsandbox.anonymize.keynames import is_value_key
from smartsandbox.anonymize.leaves import VALUE, Pointer
from smartsandbox.anonymize.walk import Walk

_LOOKS = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.\-]{1,15}:)?//?[^\s\"<>]*[?#][^\s\"<>]*=[^\s\"<>]*")
_SEPARATOR = re.compile(r"([?&#])")
_KEY_BEFORE = re.compile(r"[^?&#=]+=")


def rewrite_url(text: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str | None:
    """Visit the encoded values of a URL, then the rest of it; None if it holds none."""
    if not _LOOKS.fullmatch(text):
        return None
    parts = _SEPARATOR.split(text)
    held = dict(_held(parts, pointer, scope, walk, depth))
    if not held:
        return None
    bare = [_named(part) if at in held else part for at, part in enumerate(parts)]
    skeleton = "".join(bare)
    changed = walk.leaf(skeleton, pointer, scope)
    if changed == skeleton and all(new == parts[at] for at, new in held.items()):
        return text
    return _filled(changed or "", bare, held)


def _held(
    parts: list[str], pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int
) -> Iterator[tuple[int, str]]:
    """Place and new text of each pair whose value is in some code."""
    for at, part in enumerate(parts):
        if at == 0 or not _KEY_BEFORE.match(part):
            continue
        raw_key, _, raw_value = part.partition("=")
        key, value = percent_text(raw_key, plus=True), percent_decoded(raw_value, plus=True)
        inner = (*pointer, VALUE if is_value_key(key) else key)
        if isinstance(value, bytes):
            new = walk.body(value, "", (*inner, "(bytes)"), scope, depth)
            yield at, part if new == value else f"{raw_key}={quote_from_bytes(new, safe='')}"
            continue
        changed = walk.encoded(value, inner, scope, depth)
        if changed is not None:
            yield at, part if changed == value else f"{raw_key}={quote(changed, safe='', errors='replace')}"


def _named(part: str) -> str:
    return part.partition("=")[0] + "="


def _filled(changed: str, bare: list[str], held: dict[int, str]) -> str:
    """The values back in their places, if the URL kept its form; otherwise they are left out."""
    parts = _SEPARATOR.split(changed)
    if parts[1::2] != bare[1::2] or any(not parts[at].endswith("=") for at in held):
        return changed
    for at, new in held.items():
        parts[at] += new.partition("=")[2]
    return "".join(parts)
