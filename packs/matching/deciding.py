"""Which fields of a request decide under a rule, and by what comparison."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from smartsandbox.packs.matching.comparisons import COMPARISONS
from smartsandbox.packs.matching.fields import Field
from smartsandbox.packs.matching.view import View
from smartsandbox.packs.matching_rules import HEADER, PATH, Matching, Place, Rule

EVERYTHING = Rule()
"""The rule of an endpoint that has none."""


def rule_of(view: View, matching: Matching) -> Rule | None:
    """The rule for a request; a GraphQL endpoint's holds for both of its methods."""
    rule = matching.rule(view.endpoint)
    if rule is None and view.operations:
        template = view.endpoint.partition(" ")[2]
        rule = matching.rule(f"POST {template}") or matching.rule(f"GET {template}")
    return rule


def deciding(rule: Rule, fields: Iterable[Field], matching: Matching) -> Iterator[Field]:
    """The fields that decide. Headers decide only if they are named, for all endpoints or for this one."""
    for field in fields:
        if field.part == HEADER and field.place[0] in matching.headers:
            yield field
        elif rule.decide is not None:
            how = next(
                (item.how for item in rule.decide if item.part == field.part and covers(item.place, field.place)), None
            )
            if how is not None:
                yield field._replace(value=COMPARISONS[how](field.value))
        elif field.part != HEADER and not any(
            part == field.part and covers(place, field.place) for part, place in rule.ignore
        ):
            yield field


def covers(pattern: Place, place: tuple[str | int, ...]) -> bool:
    """True if a field stands at a place of a rule or under it."""
    return len(pattern) <= len(place) and all(
        want in ("*", str(step)) for want, step in zip(pattern, place, strict=False)
    )


def path_decides(rule: Rule, name: str) -> bool:
    """True if a parameter of the path decides although other paths of the endpoint may answer."""
    if rule.decide is None:
        return (PATH, (name,)) not in rule.ignore
    return any(decider.part == PATH and decider.place == (name,) for decider in rule.decide)
