"""Unmatched requests get 404 and the reason: the nearest exchanges and where they differ."""

from __future__ import annotations

from smartsandbox.replay_engine.serve.answer import problem
from smartsandbox.replay_engine.serve.unmatched.policy import Instead, Material, Miss


class Explained:
    """See the module."""

    def __init__(self, material: Material) -> None:
        self._explainer = material.explainer

    def answer(self, miss: Miss) -> Instead:
        """A problem with the explanation."""
        found = self._explainer.explain(miss.asked, miss.seeker)
        detail = f"no recorded exchange answers this request: {found.sentence()}"
        return Instead(problem(404, "Not in the pack", detail, explanation=found.to_json()))
