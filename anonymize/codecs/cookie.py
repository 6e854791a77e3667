"""Cookies: the pairs of a Cookie header, and the pair and attributes of a Set-Cookie header."""

from __future__ import annotations

import re

from smartsandbox.anonymize.keynames import is_value_key
from smartsandbox.anonymize.leaves import KEY, VALUE, Kind
from smartsandbox.anonymize.walk import Walk

_LEAVES = ("expires", "domain", "path")
_SAYS_NOTHING = re.compile(
    r"(?:secure|httponly|partitioned|discard|samesite(?:=(?:lax|strict|none))?|priority=(?:low|medium|high)"
    r"|max-age=-?\d{1,10}|version=\d)?",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\n|, *(?=[!#$%&'*+\-.^_`|~0-9A-Za-z]+=)")
"""Where another cookie begins in lines of Set-Cookie that a recorder has joined; no date has an equals sign."""


def rewrite_cookies(text: str, scope: tuple[int, ...], walk: Walk) -> str | None:
    """Visit each pair; a dropped pair disappears. None if none is left."""
    parts = [(part, _pair(part, scope, walk)) for part in text.split(";")]
    if all(new == old for old, new in parts):
        return text
    kept = [new.strip() for _, new in parts if new is not None and new.strip()]
    return "; ".join(kept) if kept else None


def rewrite_set_cookies(text: str, scope: tuple[int, ...], walk: Walk) -> str | None:
    """Visit the cookies of a line; some recorders join several, by commas or by line feeds. None if none is left."""
    lines = _JOINED.split(text)
    rewritten = [_set_cookie(line, scope, walk) for line in lines]
    kept = [line for line in rewritten if line is not None]
    return text if rewritten == lines else ", ".join(kept) if kept else None


def _set_cookie(text: str, scope: tuple[int, ...], walk: Walk) -> str | None:
    """Visit the pair and its attributes; an attribute that nobody knows is a pair too. None if the pair is dropped."""
    pair, *attributes = text.split(";")
    name = _address(pair)
    new_pair = _pair(pair, scope, walk)
    if new_pair is None:
        return None
    rewritten = (_attribute(attribute, name, scope, walk) for attribute in attributes)
    return ";".join([new_pair, *(attribute for attribute in rewritten if attribute is not None)])


def _address(pair: str) -> str:
    name = pair.partition("=")[0].strip()
    return VALUE if is_value_key(name) else name


def _pair(pair: str, scope: tuple[int, ...], walk: Walk) -> str | None:
    raw_name, equals, raw_value = pair.partition("=")
    if not equals:
        return _bare(pair, scope, walk)
    name = raw_name.strip()
    if is_value_key(name):
        new_name = walk.leaf(name, (KEY,), scope, Kind.KEY)
        raw_name = raw_name if new_name is None else raw_name.replace(name, new_name) if name else raw_name
    value = raw_value.strip().strip('"')
    changed = walk.string(value, (_address(pair),), scope, 0)
    if changed is None:
        return None
    return f"{raw_name}={raw_value if changed == value else raw_value.replace(value, _safe(changed))}"


def _bare(text: str, scope: tuple[int, ...], walk: Walk) -> str | None:
    value = text.strip()
    if not value:
        return text
    changed = walk.leaf(value, ("(bare)",), scope)
    return None if changed is None else text if changed == value else _safe(changed)


def _attribute(text: str, name: str, scope: tuple[int, ...], walk: Walk) -> str | None:
    if _SAYS_NOTHING.fullmatch(text.strip()):
        return text
    key, _, raw_value = text.partition("=")
    attribute, value = key.strip().lower(), raw_value.strip()
    if attribute not in _LEAVES:
        return _pair(text, scope, walk)
    if not value:
        return text
    changed = walk.leaf(value, (name, attribute), scope)
    return None if changed is None else f"{key}={raw_value.replace(value, changed)}"


def _safe(value: str) -> str:
    """Separators of the header may not stand in a value."""
    return value.replace(";", "%3B").replace("\n", " ").replace("\r", " ")
