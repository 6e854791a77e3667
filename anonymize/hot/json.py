"""JSON texts, rewritten by the plan of their skeleton: byte for byte what the codec makes of them at depth 0."""

from __future__ import annotations

from smartsandbox.anonymize.codecs.json import LITERALS, rendered, unquoted
from smartsandbox.anonymize.hot.sites import Site
from smartsandbox.anonymize.hot.skeletons import Plan, Skeletons, joined
from smartsandbox.anonymize.hot.strings import Strings
from smartsandbox.anonymize.leaves import Kind
from smartsandbox.anonymize.walk import Scope

MAX_TEXT = 1024 * 1024
"""Characters; the scalars of a longer text are not held in memory all at once."""


def rewrite_planned(text: str, skeletons: Skeletons, strings: Strings) -> str | None:
    """Visit every leaf of a JSON text; None, and nothing visited, if it is none, is too long or its keys are values."""
    found = None if len(text) > MAX_TEXT else skeletons.taken_apart(text)
    if found is None:
        return None
    between, scalars, plan = found
    return joined(between, scalars) if _replaced(plan, scalars, strings) else text


def _replaced(plan: Plan, scalars: list[str], strings: Strings) -> bool:
    """Put the new scalars in the place of the old; False if none changed."""
    is_changed, outcomes = False, strings.outcomes
    for at, (site, scope) in enumerate(plan):
        token = scalars[at]
        known = site.tokens.get(token)
        if known is not None:
            outcomes[known[1]] += 1
            new = known[0]
        elif token[0] == '"':
            new = _string(token, site, scope, strings)
        else:
            new = _other(token, site, scope, strings)
        if new is not None:
            scalars[at] = new
            is_changed = True
    return is_changed


def _string(token: str, site: Site, scope: Scope, strings: Strings) -> str | None:
    """The new token of a string, or None if it stays."""
    value = unquoted(token)
    found, outcome = strings.fresh(value, site, scope)
    new = _rendered(found, value, token)
    if outcome is not None:
        strings.remember(site.tokens, token, (new, outcome))
    return new


def _other(token: str, site: Site, scope: Scope, strings: Strings) -> str | None:
    """The same of a number, a literal, or an empty object or array."""
    if token[0] in "{[":
        value = token[0] + token[-1]
        return _rendered(_empty(value, site, scope), value, token)
    new = _rendered(site.take(token, Kind.LITERAL if token in LITERALS else Kind.NUMBER, scope), token, token)
    outcome = None if site.scalars is None else site.scalars(token)
    if outcome is not None:
        strings.remember(site.tokens, token, (new, outcome))
    return new


def _rendered(new: str | None, value: str, token: str) -> str | None:
    return None if new == value else rendered(new, token)


def _empty(value: str, site: Site, scope: Scope) -> str | None:
    """An empty object or array, which changes only when it is dropped."""
    inner = (*scope, site.walk.new_scope()) if value == "{}" else scope
    return value if site.take(value, Kind.LITERAL, inner) is not None else None
