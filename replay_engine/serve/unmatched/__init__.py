"""What is answered to a request that no exchange matches. One policy a file, one table."""

from __future__ import annotations

from collections.abc import Callable

from smartsandbox.replay_engine.serve.unmatched.explained import Explained
from smartsandbox.replay_engine.serve.unmatched.failed import Failed
from smartsandbox.replay_engine.serve.unmatched.not_found import NotFound
from smartsandbox.replay_engine.serve.unmatched.policy import Material, Policy
from smartsandbox.replay_engine.serve.unmatched.synthesised import Synthesised

POLICIES: dict[str, Callable[[Material], Policy]] = {
    "explain": Explained,
    "404": NotFound,
    "synthesise": Synthesised,
    "fail": Failed,
}
"""Policy by its name on the command line."""
