"""What a matcher is: one tier's way to the exchanges that may answer a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from smartsandbox.packs.matching.view import View
from smartsandbox.packs.matching_rules import Matching
from smartsandbox.replay_engine.index import KeyIndex

Known = Callable[[str], bool]
"""True for an id that the caller may ask for."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A live request for matchers: its view, its caller's credential ("" for none), and the ids it may ask for."""

    view: View
    credential: str
    known: Known


class Matcher(Protocol):
    """One tier."""

    name: str

    def find(self, asking: Asking, index: KeyIndex, matching: Matching) -> int:
        """The group of exchanges in the tier's index that may answer, or -1."""
        ...


def first_group(keys: tuple[bytes, ...], index: KeyIndex) -> int:
    """The group of the first key that has one, or -1."""
    return next((group for key in keys if (group := index.find(key)) >= 0), -1)
