"""Templates ready to answer by: the rules of a pack and of a file, with their expressions compiled.

A pack is data from elsewhere: its expressions are bounded by the same limits as a file's, when it is served.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.manifest import Manifest
from smartsandbox.packs.templates import Place, Rule, checked_rules, place_of
from smartsandbox.replay_engine.heads import HOP_BY_HOP, OWN_HEADERS
from smartsandbox.replay_engine.serve.rewriting.expressions import NAMES, Expression

_FIXED = HOP_BY_HOP | OWN_HEADERS | {"content-length", "content-encoding"}


@dataclass(frozen=True, slots=True)
class Template:
    """One rule: the place, and what stands there."""

    place: Place
    value: Expression


def compiled(rules: Sequence[Rule], where: str) -> tuple[Template, ...]:
    """Raises UsageError that names the rule and what is wrong with it."""
    return tuple(_template(rule, f"{where}, rule {number}") for number, rule in enumerate(rules, 1))


def _template(rule: Rule, where: str) -> Template:
    place = place_of(rule)
    if place.header in _FIXED:
        raise UsageError(f"{where}: header {place.header!r} is the server's own")
    try:
        names = NAMES if place.message is None else NAMES | {"said"}
        return Template(place, Expression(rule["value"], names))
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None


def templates_for(manifest: Manifest, given: Sequence[Template]) -> tuple[Template, ...]:
    """Those given, and those of the pack for other places. Raises UsageError for a pack's that cannot be used."""
    where = f"templates of pack {manifest.name}@{manifest.version}"
    taken = {template.place for template in given}
    rules = [rule for rule in checked_rules(manifest.templates, where) if place_of(rule) not in taken]
    return (*given, *compiled(rules, where))
