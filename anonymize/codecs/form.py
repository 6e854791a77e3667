"""URL-encoded pairs: query strings, form bodies and forms inside strings.

Order, separators and the spelling of untouched pairs stay as they were; a changed value is encoded in the style of the
text (plus or %20 for a space).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus

from smartsandbox.anonymize.codecs.percent import visit_escaped
from smartsandbox.anonymize.escapes import percent_text
from smartsandbox.anonymize.keynames import is_value_key
from smartsandbox.anonymize.leaves import KEY, VALUE, Kind, Pointer
from smartsandbox.anonymize.walk import Walk

BARE = "(bare)"
"""The address of a part that has no equals sign."""

Encode = Callable[..., str]

_INDEX = re.compile(r"\[\d+\]")
_LOOKS = re.compile(r"[\w.\-\[\]%+*]{1,80}=[^&\s]*(?:&[\w.\-\[\]%+*]{1,80}=[^&\s]*)+")


def rewrite_nested_form(text: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str | None:
    """A form inside a string; None unless there are at least two pairs and nothing else."""
    return rewrite_form(text, pointer, scope, walk, depth) if _LOOKS.fullmatch(text) else None


def rewrite_form(text: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str:
    """Visit every pair of an encoded text. A dropped pair disappears with its separator."""
    encode: Encode = quote_plus if "+" in text else quote
    inner = (*scope, walk.new_scope())
    parts = (_part(part, pointer, inner, walk, depth, encode) for part in text.split("&"))
    return "&".join(part for part in parts if part is not None)


def _part(part: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int, encode: Encode) -> str | None:
    raw_key, equals, raw_value = part.partition("=")
    if not equals:
        return _bare(part, pointer, scope, walk, encode)
    key = _INDEX.sub("[*]", percent_text(raw_key, plus=True))
    if is_value_key(key) or walk.keys_are_values(pointer):
        new_key = walk.leaf(key, (*pointer, KEY), scope, Kind.KEY)
        raw_key = raw_key if new_key is None or new_key == key else _encoded(new_key, encode)
        key = VALUE
    changed = visit_escaped(
        raw_value, (*pointer, key), scope, walk, depth, lambda new: _encoded(new, encode), plus=True
    )
    return None if changed is None else f"{raw_key}={changed}"


def _bare(part: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, encode: Encode) -> str | None:
    if not part:
        return part
    value = percent_text(part, plus=True)
    changed = walk.leaf(value, (*pointer, BARE), scope)
    return part if changed == value else None if changed is None else _encoded(changed, encode)


def _encoded(value: str, encode: Encode) -> str:
    return encode(value, safe="", errors="replace")
