"""Skeletons: a JSON text without its scalars. Answers of one endpoint share few of them.

For a skeleton that was met before, the address and the objects of every scalar are known without a look at the keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from smartsandbox.anonymize.codecs.json import is_json, unquoted
from smartsandbox.anonymize.hot.patterns import Between, Patterns
from smartsandbox.anonymize.hot.sites import Site
from smartsandbox.anonymize.keynames import is_value_key
from smartsandbox.anonymize.leaves import ANY
from smartsandbox.anonymize.walk import Scope

_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_PIECES = re.compile(
    rf"""
    ( (?: [\s\]}},] | [\[{{](?!\s*[\]}}]) | {_STRING}\s*: )* )
    ( {_STRING} | [^\s{{}}\[\],:"]+ | \[\s*\] | {{\s*}} | \Z )
    """,
    re.VERBOSE | re.DOTALL,
)
_MARKS = re.compile(rf"({_STRING})\s*:|[{{}}\[\]]", re.DOTALL)
_MOST_CHARACTERS = 4 * 1024 * 1024
"""Of all skeletons that are remembered."""

Plan = tuple[tuple[Site, Scope], ...]
"""Site and enclosing objects of each scalar; an empty object or array counts as one. The numbers of objects are
negative, and differ between request and response, so none is also the number of an object found by a walk.
"""


def cut(text: str) -> tuple[Between, list[str]]:
    """What stands between the scalars of a JSON text, and the scalars; an empty one follows the last."""
    pieces = _PIECES.findall(text)
    if len(pieces) > 1 and not pieces[-2][1]:
        pieces.pop()  # the pattern matches once more at the very end
    between, scalars = zip(*pieces, strict=True)
    return between, list(scalars)


def joined(between: Between, scalars: list[str]) -> str:
    """The inverse of `cut`."""
    parts = [""] * (2 * len(between))
    parts[::2], parts[1::2] = between, scalars
    return "".join(parts)


@dataclass(slots=True)
class Skeletons:
    """The plans of the JSON texts of one location, the objects numbered from `first` (-1 or -2) by steps of -2; `room`
    is characters of further skeletons.
    """

    root: Site
    first: int
    room: int = _MOST_CHARACTERS
    _plans: dict[Between, Plan | None] = field(default_factory=dict)
    _patterns: Patterns[Plan] = field(default_factory=Patterns)

    def taken_apart(self, text: str) -> tuple[Between, list[str], Plan] | None:
        """What `cut` gives for a JSON text, and its plan; None if it is no JSON or keys of it are values."""
        found = self._patterns.cut(text)
        if found is not None:
            return found
        if not is_json(text):
            return None
        between, scalars = cut(text)
        plan = self.plan(between)
        if plan is None:
            return None
        shared = self.root.walk.shared
        if shared.patterns and self._patterns.meet(between, plan):
            shared.patterns -= 1
        return between, scalars, plan

    def plan(self, between: Between) -> Plan | None:
        """Where the scalars of a text stand; None if keys of it are values, which are leaves themselves."""
        found = self._plans.get(between)
        if found is None and between not in self._plans:
            found = self._compiled(between)
            self._remember(between, found)
        return found

    def _remember(self, between: Between, plan: Plan | None) -> None:
        self.room -= sum(map(len, between)) + len(between)
        if self.room < 0:
            self._plans.clear()
            self.room = _MOST_CHARACTERS
        self._plans[between] = plan

    def _compiled(self, between: Between) -> Plan | None:
        compiler = _Compiler(self.root, count(self.first, -2))
        for part in between[:-1]:
            if not compiler.passes(part):
                return None
            compiler.scalar()
        return tuple(compiler.plan)


@dataclass(slots=True)
class _Frame:
    site: Site
    scope: Scope
    key: str | None
    """None in an array."""


class _Compiler:
    def __init__(self, root: Site, numbers: Iterable[int]) -> None:
        self.root, self.numbers = root, iter(numbers)
        self.stack: list[_Frame] = []
        self.plan: list[tuple[Site, Scope]] = []

    def passes(self, part: str) -> bool:
        """Go over what stands before a scalar; False if a key in it is a value."""
        for mark in _MARKS.finditer(part):
            if mark[1] is not None:
                frame = self.stack[-1]
                frame.key = unquoted(mark[1])
                if is_value_key(frame.key) or frame.site.walk.keys_are_values(frame.site.pointer):
                    return False
            elif mark[0] in "{[":
                self.open(is_object=mark[0] == "{")
            else:
                self.stack.pop()
        return True

    def open(self, is_object: bool) -> None:
        site, scope = self.inner()
        if is_object:
            self.stack.append(_Frame(site, (*scope, next(self.numbers)), ""))
        else:
            self.stack.append(_Frame(site, scope, None))

    def inner(self) -> tuple[Site, Scope]:
        """Where the next value stands."""
        if not self.stack:
            return self.root, ()
        frame = self.stack[-1]
        return frame.site.child(ANY if frame.key is None else frame.key), frame.scope

    def scalar(self) -> None:
        self.plan.append(self.inner())
