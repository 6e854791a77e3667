"""Matching: when an exchange of a pack answers a request that is not the very same. One tier a file, one table."""

from __future__ import annotations

from collections.abc import Callable

from smartsandbox.packs.matching import named, template
from smartsandbox.packs.matching.view import View
from smartsandbox.packs.matching_rules import Matching

KeysOf = Callable[[View, str, Matching], tuple[bytes, ...]]

TIERS: dict[str, KeysOf] = {
    template.NAME: template.template_keys,
    named.NAME: named.field_keys,
}
"""Tier to the keys of a request in it, strictest first, in the order in which tiers are tried after the exact key."""
