"""The fields tier: exchanges of the same endpoint whose deciding fields are equal, by value.

The rule of the endpoint says which fields those are; without one, all of them at the same path. With a rule, ids of the
path decide only if it names them, and exchanges at the same path are still taken first.
"""

from __future__ import annotations

from smartsandbox.packs.matching.deciding import EVERYTHING, deciding, path_decides, rule_of
from smartsandbox.packs.matching.digest import tier_key
from smartsandbox.packs.matching.view import View
from smartsandbox.packs.matching_rules import BODY, Matching

NAME = "fields"


def field_keys(view: View, caller: str, matching: Matching) -> tuple[bytes, ...]:
    """The keys of a request, strictest first; `caller` does not matter here."""
    rule = rule_of(view, matching)
    if rule is None and not view.operations and not any(field.part == BODY for field in view.fields):
        return ()  # all that could decide is in the exact key
    chosen = [list(deciding(rule or EVERYTHING, fields, matching)) for fields in view.variants]
    here = (tier_key(NAME, (view.scope, view.path), fields) for fields in chosen)
    if rule is None:
        return tuple(here)
    named = [f"{name}={value}" for name, value in view.values.items() if path_decides(rule, name)]
    elsewhere = (tier_key(NAME, (view.scope, "*", *named), fields) for fields in chosen)
    return (*here, *elsewhere)
