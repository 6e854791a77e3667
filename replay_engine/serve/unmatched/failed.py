"""Unmatched requests get 501, and the server says at its end that the run did not hold: for continuous integration."""

from __future__ import annotations

from smartsandbox.replay_engine.serve.answer import problem
from smartsandbox.replay_engine.serve.unmatched.policy import Instead, Material, Miss


class Failed:
    """See the module."""

    def __init__(self, material: Material) -> None:
        self._explainer, self._misses = material.explainer, material.misses

    def answer(self, miss: Miss) -> Instead:
        """A problem with the reason in one line."""
        if self._misses is not None:
            self._misses.add()
        return Instead(problem(501, "Not in the pack", self._explainer.explain(miss.asked, miss.seeker).sentence()))
