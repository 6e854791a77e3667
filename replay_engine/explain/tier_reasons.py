"""For each tier, what keeps one exchange from answering a request."""

from __future__ import annotations

from smartsandbox.packs.matching.deciding import EVERYTHING, deciding, path_decides, rule_of
from smartsandbox.packs.matching.named import NAME as FIELDS
from smartsandbox.packs.matching.named import field_keys
from smartsandbox.packs.matching.template import NAME as TEMPLATE
from smartsandbox.packs.matching.template import masked
from smartsandbox.packs.matching.view import View
from smartsandbox.packs.matching_rules import ANY, Matching
from smartsandbox.replay_engine.explain.differences import first_difference
from smartsandbox.replay_engine.matching.finder import Seeker
from smartsandbox.replay_engine.matching.lookup import Lookup

MATCHES = "matches"


def tier_reasons(lookup: Lookup, recorded: View, asked: View, who: Seeker) -> dict[str, str]:
    """Tier to the first thing in its way, or MATCHES."""
    if recorded.scope != asked.scope:
        return {TEMPLATE: "it is another endpoint", FIELDS: "it is another endpoint"}
    matching = lookup.matching
    return {TEMPLATE: _template(lookup, recorded, asked, who), FIELDS: _fields(recorded, asked, matching)}


def _template(lookup: Lookup, recorded: View, asked: View, who: Seeker) -> str:
    if not asked.params:
        return "the endpoint has no id in its path"
    ours, theirs = (
        [masked(f, v.values) for f in deciding(EVERYTHING, v.fields, lookup.matching)] for v in (recorded, asked)
    )
    difference = first_difference(ours, theirs)
    if difference:
        return difference
    strange = [name for name, value in asked.values.items() if not lookup.finder.knows(value, who)]
    if strange and lookup.matching.ids != ANY:
        return f"the pack never showed this caller the path's {strange[0]}"
    return MATCHES


def _fields(recorded: View, asked: View, matching: Matching) -> str:
    if {*field_keys(recorded, "", matching)} & {*field_keys(asked, "", matching)}:
        return MATCHES
    rule = rule_of(asked, matching)
    ours, theirs = (list(deciding(rule or EVERYTHING, view.fields, matching)) for view in (recorded, asked))
    difference = first_difference(ours, theirs)
    if difference:
        return difference
    if rule is None:
        return (
            "the path differs, and the endpoint has no rule"
            if asked.path != recorded.path
            else "the endpoint has no rule"
        )
    names = [n for n, value in asked.values.items() if path_decides(rule, n) and recorded.values.get(n) != value]
    return f"the path's {names[0]} differs" if names else "the endpoint has no rule"
