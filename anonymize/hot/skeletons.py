"""Skeletons: a JSON text without its scalars. Answers of one endpoint share few, and pieces of them much more often.

The walk steps from scalar to scalar by what stands between them. A piece that was met before in the same object or
array costs one look in a dictionary, whatever the document around it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import NamedTuple

from smartsandbox.anonymize.codecs.json import quoted, unquoted
from smartsandbox.anonymize.hot.patterns import Between, Patterns
from smartsandbox.anonymize.hot.sites import Site
from smartsandbox.anonymize.keynames import is_value_key
from smartsandbox.anonymize.leaves import ANY, KEY, VALUE
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
"""Of all pieces that are remembered of one location."""
_MOST_SCALARS = 96
"""Of a text that a pattern may be made of."""

Plan = tuple[tuple[Site, Scope], ...]
"""Site and enclosing objects of each scalar; an empty object or array counts as one."""
TakeKey = Callable[[str, Site, Scope], str | None]
"""What is to be put in the place of a key that is a value, and None to leave it."""


def cut(text: str) -> tuple[Between, list[str]]:
    """What stands between the scalars of a JSON text, and the scalars; an empty one follows the last."""
    pieces = _PIECES.findall(text)
    if len(pieces) > 1 and not pieces[-2][1]:
        pieces.pop()  # the pattern matches once more at the very end
    between, scalars = zip(*pieces, strict=True)
    return between, list(scalars)


def joined(between: Between | list[str], scalars: list[str]) -> str:
    """The inverse of `cut`."""
    parts = [""] * (2 * len(between))
    parts[::2], parts[1::2] = between, scalars
    return "".join(parts)


class Holder:
    """An object or array of a location, wherever it stands in a list; around the whole document, one that holds it."""

    __slots__ = ("_inner", "_is_map", "above", "moves", "site")

    def __init__(self, site: Site, above: Holder | None, is_object: bool) -> None:
        self.site, self.above = site, above
        self.moves: dict[str, Move] = {}
        """By what stands after a scalar in it."""
        self._inner: dict[tuple[str | None, bool], Holder] = {}
        self._is_map = is_object and site.walk.keys_are_values(site.pointer)

    def place(self, key: str | None) -> Site:
        """The site of its value under a key; of its elements if it is no object."""
        return self.site if self.above is None else self.site.child(ANY if key is None else key)

    def inner(self, key: str | None, is_object: bool) -> Holder:
        """The object or array that it has there."""
        found = self._inner.get((key, is_object))
        if found is None:
            found = self._inner[key, is_object] = Holder(self.place(key), self, is_object)
        return found

    def is_value(self, key: str) -> bool:
        """True if a key in it is a value."""
        return self._is_map or is_value_key(key)


class Move(NamedTuple):
    """From a scalar to the next: how many objects and arrays end, which begin, and where the next scalar stands."""

    ended: int
    begun: tuple[bool, ...]
    """True for an object."""
    holder: Holder
    site: Site


class Skeletons:
    """What is known of the JSON texts of one location. Objects are numbered from `first` (-1 or -2) by steps of -2: the
    numbers of request and response differ, and none is that of an object found by a walk. `room` is characters of
    further pieces.
    """

    def __init__(self, root: Site, first: int, room: int = _MOST_CHARACTERS) -> None:
        self.root, self.first, self.room = root, first, room
        self.patterns: Patterns[Plan] = Patterns()
        self._start = Holder(root, None, is_object=False)

    def course(self) -> Course:
        """A walk of one text."""
        return Course(self._start, self.first)

    def remember(self, holder: Holder, piece: str, move: Move) -> None:
        """Take the same way at once when it comes again."""
        self.room -= len(piece) + 1
        if self.room < 0:
            self._start, self.room = Holder(self.root, None, is_object=False), _MOST_CHARACTERS
        holder.moves[piece] = move

    def meet(self, between: Between) -> None:
        """A text that no pattern cuts had these pieces. They get one if they come often and no key is a value."""
        shared = self.root.walk.shared
        if not (shared.patterns and 1 < len(between) <= _MOST_SCALARS and self.patterns.meet(between)):
            return
        plan = self.course().plan(between)
        if plan is not None:
            self.patterns.add(between, plan)
            shared.patterns -= 1


class Course:
    """Where the walk of one text stands: in which object or array, and in which objects around."""

    __slots__ = ("_numbers", "holder", "scopes")

    def __init__(self, start: Holder, first: int) -> None:
        self.holder, self._numbers = start, count(first, -2)
        self.scopes: list[Scope] = [()]

    def take(self, move: Move) -> None:
        """Go on by a known way."""
        scopes = self.scopes
        if move.ended:
            del scopes[-move.ended :]
        for is_object in move.begun:
            scopes.append((*scopes[-1], next(self._numbers)) if is_object else scopes[-1])
        self.holder = move.holder

    def plan(self, between: Between) -> Plan | None:
        """Of all scalars, by ways that are known; None if one is not."""
        plan = tuple(self._planned(between))
        return plan if len(plan) == len(between) - 1 else None

    def _planned(self, between: Between) -> Iterator[tuple[Site, Scope]]:
        for piece in between[:-1]:
            move = self.holder.moves.get(piece)
            if move is None:
                return
            self.take(move)
            yield move.site, self.scopes[-1]

    def explore(self, piece: str, take_key: TakeKey) -> tuple[Move, str, bool]:
        """Go on by a way that is not known. Gives it, the piece with its new keys, and whether no key was a value: then
        the same piece is the same way when it comes again.
        """
        ended, begun, parts, done, is_fixed = 0, list[bool](), list[str](), 0, True
        key: str | None = None
        for mark in _MARKS.finditer(piece):
            if mark[1] is not None:
                key = unquoted(mark[1])
                if self.holder.is_value(key):
                    new = take_key(key, self.holder.site.child(KEY), self.scopes[-1])
                    if new is not None and new != key:
                        parts += (piece[done : mark.start()], quoted(new))
                        done = mark.end(1)
                    key, is_fixed = VALUE, False
            elif mark[0] in "{[":
                begun.append(mark[0] == "{")
                self.take(Move(0, (begun[-1],), self.holder.inner(key, begun[-1]), self.holder.site))
                key = None
            else:
                ended += 1
                assert self.holder.above is not None, "a JSON text ends no more than it began"
                self.take(Move(1, (), self.holder.above, self.holder.site))
        move = Move(ended, tuple(begun), self.holder, self.holder.place(key))
        return move, "".join((*parts, piece[done:])) if parts else piece, is_fixed
