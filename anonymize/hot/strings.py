"""Strings in no code: most values are, and trying every codec on each of them is most of the work of a walk.

A pattern knows texts that no codec takes. What it does not know is tried once and remembered.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, TypeVar

from smartsandbox.anonymize.codecs.base64 import holds_no_text
from smartsandbox.anonymize.hot.sites import Families, Site
from smartsandbox.anonymize.leaves import Kind
from smartsandbox.anonymize.memo import LONGEST, MOST, Memo
from smartsandbox.anonymize.walk import MAX_UNPACKED, SHORTEST, Scope

_PLAIN = re.compile(
    r"""
    (?!(?i:basic|bearer|data:)|ey)      # credentials, a data URL, a token
    [A-Za-z0-9+@_(/.,:;]                # JSON, XML and multipart begin otherwise
    (?: [A-Za-z0-9+/_\-]{0,12}          # too short for base64
      # not its alphabet; no pairs as in a form or a URL, nothing escaped
      | [A-Za-z0-9+/_\-]* [^%=\nA-Za-z0-9+/_\-] [^%=\n]*
    )
    """,
    re.VERBOSE,
)
_STRING = Kind.STRING
K = TypeVar("K")
V = TypeVar("V")
_TOKEN = re.compile(r"(?!--)[A-Za-z0-9_\-]{14,23}")
"""In no code but base64 of a text: too short to hold anything compressed."""


def is_surely_plain(text: str) -> bool:
    """True only for a text in no code; cheap, and true for most of those."""
    if _PLAIN.fullmatch(text):
        return True
    return _TOKEN.fullmatch(text) is not None and holds_no_text(text)


class Strings:
    """Visits strings, and the leaves inside those that are in some code. `outcomes` counts what is passed over."""

    def __init__(self, outcomes: Counter[str]) -> None:
        self.outcomes, self.families = outcomes, Families()
        self._plain: Memo[str, bool] = Memo()
        self._filled: list[dict[Any, Any]] = []
        self._room = MOST
        self.steady: list[str] | None = None
        """What has been counted since `begin`; None if anything must be asked about again when it comes again."""

    def visit(self, value: str, site: Site, scope: Scope) -> str | None:
        """What `Walk.string` gives at depth 0."""
        known = site.answers.get(value)
        if known is not None:
            self.outcomes[known[1]] += 1
            if self.steady is not None:
                self.steady.append(known[1])
            return known[0]
        new, outcome = self.fresh(value, site, scope)
        if outcome is not None:
            self.remember(site.answers, value, (new, outcome))
        return new

    def fresh(self, value: str, site: Site, scope: Scope) -> tuple[str | None, str | None]:
        """The same for a string that is not remembered; and what it is counted as if it may be from now on."""
        if len(value) < SHORTEST or value in self._plain:
            return self.taken(value, site, scope)
        if is_surely_plain(value):
            if site.repeats is None and len(value) <= LONGEST:
                self._plain.keep(value, True)
            return self.taken(value, site, scope)
        shared = site.walk.shared
        room = shared.room
        found = site.walk.encoded(value, site.pointer, scope, 0)
        if found is not None:
            if room != shared.room:
                self.steady = None
            return found, None
        # With less room than at first, something packed may have been left as it is.
        if room == shared.room == MAX_UNPACKED and len(value) <= LONGEST:
            self._plain.keep(value, True)
            return self.taken(value, site, scope)
        self.steady = None
        return site.take(value, _STRING, scope), None

    def whole(self, value: str, site: Site) -> str | None:
        """A string that is not looked into and stands in no object."""
        known = site.wholes.get(value)
        if known is not None:
            self.outcomes[known[1]] += 1
            return known[0]
        new, outcome = self.taken(value, site, ())
        if outcome is not None:
            self.remember(site.wholes, value, (new, outcome))
        return new

    def taken(self, value: str, site: Site, scope: Scope) -> tuple[str | None, str | None]:
        """Take a string as it stands; what it is counted as if it need not be taken again."""
        new = site.take(value, _STRING, scope)
        outcome = site.repeats(value) if site.repeats is not None and len(value) <= LONGEST else None
        if outcome is None:
            self.steady = None
        elif self.steady is not None:
            self.steady.append(outcome)
        return new, outcome

    def begin(self) -> None:
        """From now on, take down what is counted."""
        self.steady = []

    def remember(self, where: dict[K, V], key: K, value: V) -> None:
        """Put an answer in a dictionary. All of them together hold so many; then they are emptied."""
        if self._room <= 0:
            for filled in self._filled:
                filled.clear()
            self._filled, self._room = [], MOST
        if not where:
            self._filled.append(where)
        where[key] = value
        self._room -= 1
