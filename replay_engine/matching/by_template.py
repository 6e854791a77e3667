"""The template tier on serving: another id in the path, if the caller may ask for it."""

from __future__ import annotations

from smartsandbox.packs.matching.template import NAME, template_keys
from smartsandbox.packs.matching_rules import ANY, Matching
from smartsandbox.replay_engine.index import KeyIndex
from smartsandbox.replay_engine.matching.matchers import Asking, first_group


class ByTemplate:
    """An id that nobody was ever shown is not there: production would not answer it either."""

    name = NAME

    def find(self, asking: Asking, index: KeyIndex, matching: Matching) -> int:
        """The group, or -1."""
        view = asking.view
        if matching.ids != ANY and not all(asking.known(value) for value in view.values.values()):
            return -1
        return first_group(template_keys(view, asking.credential, matching), index)
