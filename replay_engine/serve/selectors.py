"""Selectors: what puts another answer in the place of the one that matched, before it is made.

A selector decides which exchange answers; an effect decides how its answer goes out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.effects import Served


class Selector(Protocol):
    """One kind of choice."""

    def select(self, served: Served) -> int | Answer:
        """The row that answers, or an answer of its own: `served.row` where nothing changes.

        `served.row` is negative where nothing in the pack answers the request; that may be given back.
        """
        ...


MakeSelector = Callable[[Pack, Rows], Selector]
"""Makes a selector for a pack; called once, before serving."""
