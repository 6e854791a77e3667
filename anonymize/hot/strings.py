"""Strings in no code: most values are, and trying every codec on each of them is most of the work of a walk.

A pattern knows texts that no codec takes. What it does not know is tried once and remembered.
"""

from __future__ import annotations

import re
from collections import Counter

from smartsandbox.anonymize.codecs.base64 import decode_text
from smartsandbox.anonymize.hot.sites import Site
from smartsandbox.anonymize.leaves import Kind
from smartsandbox.anonymize.memo import LONGEST, Memo
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
_TOKEN = re.compile(r"(?!--)[A-Za-z0-9_\-]{14,23}")
"""In no code but base64 of a text: too short to hold anything compressed."""


def is_surely_plain(text: str) -> bool:
    """True only for a text in no code; cheap, and true for most of those."""
    if _PLAIN.fullmatch(text):
        return True
    return _TOKEN.fullmatch(text) is not None and decode_text(text) is None


class Strings:
    """Visits strings, and the leaves inside those that are in some code. `outcomes` counts what is passed over."""

    def __init__(self, outcomes: Counter[str]) -> None:
        self._outcomes = outcomes
        self._plain: Memo[str, bool] = Memo()
        self._answers: Memo[tuple[int, str], tuple[str | None, str]] = Memo()
        """By number of site, of strings in no code: the answer, and what it is counted as. The garbage collector soon
        passes over tuples of numbers and texts, not over those with a site in them.
        """

    def visit(self, value: str, site: Site, scope: Scope) -> str | None:
        """What `Walk.string` gives at depth 0."""
        known = self._answers.get((site.number, value))
        if known is not None:
            self._outcomes[known[1]] += 1
            return known[0]
        if len(value) < SHORTEST or value in self._plain or is_surely_plain(value):
            return self._taken(value, site, scope)
        shared = site.walk.shared
        room = shared.room
        found = site.walk.encoded(value, site.pointer, scope, 0)
        if found is not None:
            return found
        # With less room than at first, something packed may have been left as it is.
        if room == shared.room == MAX_UNPACKED and len(value) <= LONGEST:
            self._plain.keep(value, True)
            return self._taken(value, site, scope)
        return site.take(value, _STRING, scope)

    def whole(self, value: str, site: Site) -> str | None:
        """A string that is not looked into and stands in no object. At one site all strings are, or none."""
        known = self._answers.get((site.number, value))
        if known is None:
            return self._taken(value, site, ())
        self._outcomes[known[1]] += 1
        return known[0]

    def _taken(self, value: str, site: Site, scope: Scope) -> str | None:
        new = site.take(value, _STRING, scope)
        outcome = site.repeats(value) if site.repeats is not None and len(value) <= LONGEST else None
        if outcome is not None:
            self._answers.keep((site.number, value), (new, outcome))
        return new
