"""The fields tier on serving: the fields that decide are equal."""

from __future__ import annotations

from smartsandbox.packs.matching.named import NAME, field_keys
from smartsandbox.packs.matching_rules import Matching
from smartsandbox.replay_engine.index import KeyIndex
from smartsandbox.replay_engine.matching.matchers import Asking, first_group


class ByFields:
    """The rules say what decides, so nothing else is asked."""

    name = NAME

    def find(self, asking: Asking, index: KeyIndex, matching: Matching) -> int:
        """The group, or -1."""
        return first_group(field_keys(asking.view, asking.credential, matching), index)
