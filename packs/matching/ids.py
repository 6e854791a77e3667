"""Which values name one thing: ids in paths, and those that answers issue.

The ids that a caller knows are what the template tier accepts in a path. A short number counts as one only under a
name that says so, such as "id" or "account_id".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from smartsandbox.packs.endpoints import looks_like_id
from smartsandbox.packs.follow import looks_issued
from smartsandbox.packs.matching.digest import tier_key
from smartsandbox.packs.matching.fields import Field, body_fields

TIER = "ids"
EVERYONE = ""
"""The caller under whom every id of the pack stands."""

_ID_NAME = re.compile(r"(?:^|[_.-])(?:ids?|uuid|guid|ref|reference)$|[a-z0-9](?:Ids?|IDs?)$")


def names_an_id(name: str) -> bool:
    """True for the name of a field that holds ids: "id", "account_id", "accountId"."""
    return _ID_NAME.search(name) is not None


def is_id(field: Field) -> bool:
    """True if a field's value is an id: by its shape, or by the name that it stands under."""
    kind, value = field.value[:2], field.value[2:]
    if kind not in ("s:", "n:") or not value:
        return False
    name = next((step for step in reversed(field.place) if isinstance(step, str)), "")
    return names_an_id(name) or (kind == "s:" and (looks_issued(value) or looks_like_id(value)))


def issued_ids(content_type: str, body: bytes) -> Iterator[str]:
    """The ids in an answer's body, where it is JSON."""
    if body[:1] in (b"{", b"["):
        yield from {field.value[2:] for field in body_fields(content_type or "application/json", body) if is_id(field)}


def id_key(caller: str, value: str) -> bytes:
    """The key under which a caller (a credential's digest, or EVERYONE) knows an id."""
    return tier_key(TIER, (caller, value))
