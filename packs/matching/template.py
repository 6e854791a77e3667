"""The template tier: exchanges of the same endpoint whose path has other ids, and all else is the same.

An id of the path that comes back in the query or the body counts as the path's, not as a value of its own. A path with
several ids is first looked for with all but its last ids equal, so that what stands nearest answers.
"""

from __future__ import annotations

from smartsandbox.packs.matching.deciding import EVERYTHING, deciding
from smartsandbox.packs.matching.digest import tier_key
from smartsandbox.packs.matching.fields import Field
from smartsandbox.packs.matching.ids import is_id
from smartsandbox.packs.matching.view import View
from smartsandbox.packs.matching_rules import Matching

NAME = "template"


def template_keys(view: View, caller: str, matching: Matching) -> tuple[bytes, ...]:
    """The keys of a request, nearest first; `caller` is the credential's digest, "" for none."""
    if not view.params:
        return ()
    fields = [masked(field, view.values) for field in deciding(EVERYTHING, view.fields, matching)]
    segments = [segment for _, segment in view.params]
    callers = (caller, "") if caller else ("",)
    return tuple(
        tier_key(NAME, (view.scope, who, *segments[:kept], "*"), fields)
        for who in callers
        for kept in reversed(range(len(segments)))
    )


def masked(field: Field, values: dict[str, str]) -> Field:
    """A field whose value is an id of the path, as that parameter; any other as it is."""
    if is_id(field):
        for name, value in values.items():
            if field.value[2:] == value:
                return field._replace(value="{" + name)
    return field
