"""What an unmatched policy is: it says how a request is answered that no tier found an exchange for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from smartsandbox.packs.matching.asked import Asked
from smartsandbox.packs.matching.view import View
from smartsandbox.replay_engine.explain.explainer import Explainer
from smartsandbox.replay_engine.matching.bind import bound
from smartsandbox.replay_engine.matching.echo import Echo
from smartsandbox.replay_engine.matching.endpoint_rows import Ints
from smartsandbox.replay_engine.matching.finder import Seeker
from smartsandbox.replay_engine.matching.lookup import Lookup
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.misses import Misses

NONE = "none"


@dataclass(frozen=True, slots=True)
class Miss:
    """A request that nothing matched; `view` is None where the pack has no endpoint for it."""

    asked: Asked
    view: View | None
    seeker: Seeker


@dataclass(frozen=True, slots=True)
class Instead:
    """What is answered instead: an answer of the sandbox's own, or that of a row with an echo. `match` is what
    X-Sandbox-Match says."""

    answer: Answer | None = None
    row: int = -1
    echo: Echo = field(default_factory=Echo)
    match: str = NONE


@dataclass(frozen=True, slots=True)
class Material:
    """What a policy may draw on."""

    lookup: Lookup
    explainer: Explainer
    misses: Misses | None = None

    @property
    def rows(self) -> Rows:
        """The rows of the pack."""
        return self.lookup.rows

    def rows_of(self, endpoint: str) -> Ints:
        """The rows of an endpoint in pack order; none for one that the pack does not have."""
        return self.lookup.by_endpoint.of(endpoint)

    def echo(self, miss: Miss, row: int) -> Echo | None:
        """What the answer of a row has to change for a request of its endpoint; None where it cannot be told."""
        recorded = self.lookup.finder.requests.view(row, miss.asked.content_type)
        if miss.view is None or recorded is None or recorded.endpoint != miss.view.endpoint:
            return Echo()
        return bound(miss.view, recorded)


class Policy(Protocol):
    """One way to answer."""

    def answer(self, miss: Miss) -> Instead:
        """What is answered; called for each unmatched request, so its cost must not grow with the pack."""
        ...
