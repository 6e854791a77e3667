"""JSON texts, rewritten from scalar to scalar: byte for byte what the codec makes of them at depth 0."""

from __future__ import annotations

from smartsandbox.anonymize.codecs.json import LITERALS, is_json, rendered, unquoted
from smartsandbox.anonymize.hot.patterns import Between
from smartsandbox.anonymize.hot.sites import Site
from smartsandbox.anonymize.hot.skeletons import Plan, Skeletons, cut, joined
from smartsandbox.anonymize.hot.strings import Strings
from smartsandbox.anonymize.leaves import Kind
from smartsandbox.anonymize.walk import Scope

MAX_TEXT = 1024 * 1024
"""Characters; the scalars of a longer text are not held in memory all at once."""


def rewrite_document(text: str, skeletons: Skeletons, strings: Strings) -> str | None:
    """Visit every leaf of a JSON text; None, and nothing visited, if it is none or is too long."""
    if len(text) > MAX_TEXT:
        return None
    found = skeletons.patterns.cut(text)
    if found is not None:
        between, scalars, plan = found
        return joined(between, scalars) if _replaced(plan, scalars, strings) else text
    if not is_json(text):
        return None
    between, scalars = cut(text)
    made = _walked(between, scalars, skeletons, strings)
    skeletons.meet(between)
    return text if made is None else joined(made, scalars)


def _walked(between: Between, scalars: list[str], skeletons: Skeletons, strings: Strings) -> list[str] | None:
    """Put the new scalars in the place of the old. What then stands between them; None if nothing changed at all."""
    course, is_changed, pieces = skeletons.course(), False, list(between)
    scopes = course.scopes
    for at in range(len(scalars) - 1):
        piece, holder = pieces[at], course.holder
        move = holder.moves.get(piece)
        if move is None:
            move, pieces[at], is_fixed = course.explore(piece, _take_key)
            if is_fixed:
                skeletons.remember(holder, piece, move)
            is_changed |= pieces[at] is not piece
        else:
            course.take(move)
        new = _scalar(scalars[at], move.site, scopes[-1], strings)
        if new is not None:
            scalars[at] = new
            is_changed = True
    return pieces if is_changed else None


def _take_key(key: str, site: Site, scope: Scope) -> str | None:
    return site.take(key, Kind.KEY, scope)


def _replaced(plan: Plan, scalars: list[str], strings: Strings) -> bool:
    """Put the new scalars in the place of the old; False if none changed."""
    is_changed = False
    for at, (site, scope) in enumerate(plan):
        new = _scalar(scalars[at], site, scope, strings)
        if new is not None:
            scalars[at] = new
            is_changed = True
    return is_changed


def _scalar(token: str, site: Site, scope: Scope, strings: Strings) -> str | None:
    """The new token of a scalar, or None if it stays."""
    known = site.tokens.get(token)
    if known is not None:
        strings.outcomes[known[1]] += 1
        return known[0]
    return _string(token, site, scope, strings) if token[0] == '"' else _other(token, site, scope, strings)


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
