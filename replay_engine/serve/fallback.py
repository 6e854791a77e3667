"""What answers a request whose exact key no exchange has: the other tiers, then the policy for unmatched requests."""

from __future__ import annotations

from collections.abc import Callable

from smartsandbox.packs.matching.asked import Asked
from smartsandbox.replay_engine.candidates import Candidates
from smartsandbox.replay_engine.explain.explainer import Explainer
from smartsandbox.replay_engine.matching.finder import Seeker
from smartsandbox.replay_engine.matching.lookup import Lookup
from smartsandbox.replay_engine.serve.answer import problem
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.unmatched import POLICIES
from smartsandbox.replay_engine.serve.unmatched.policy import Instead, Material, Miss
from smartsandbox.replay_engine.sessions import Session, choose

SPENT = problem(410, "Exhausted", "this session has had every recorded answer to this request")


Advance = Callable[[Candidates, Session], int]
"""Moves a session's cursor over candidates: which of them it gets now."""


class Fallback:
    """Decides; the responder makes the answer."""

    def __init__(self, lookup: Lookup, explainer: Explainer, options: ServeOptions, advance: Advance) -> None:
        self._finder, self._exhausted, self._advance = lookup.finder, options.exhausted, advance
        self._policy = POLICIES[options.unmatched](Material(lookup, explainer, options.misses))

    def instead(self, asked: Asked, seeker: Seeker, session: Session) -> Instead:
        """The row of the first tier that has one, with its echo; else what the policy says."""
        found = self._finder.find(asked, seeker)
        if found is not None:
            row = choose(found.candidates, self._advance(found.candidates, session), self._exhausted)
            if row is None:
                return Instead(SPENT)
            echo = self._finder.echo(found, row, seeker.bindings)
            if echo is not None:
                return Instead(row=row, echo=echo, match=found.tier)
        return self._policy.answer(Miss(asked, self._finder.view(asked), seeker))
