"""The rules of a sandbox as values; `rules_file` reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from smartsandbox.replay_engine.drive.judging.rules import Rules

if TYPE_CHECKING:  # a run without rules loads neither YAML nor what signs
    from smartsandbox.replay_engine.drive.sandbox.login import Login
    from smartsandbox.replay_engine.drive.sandbox.place import RequestPlace
    from smartsandbox.replay_engine.drive.sandbox.signing import Signer


@dataclass(frozen=True, slots=True)
class SandboxRules:
    """All rules of a file."""

    noise: Rules = field(default_factory=Rules)
    signers: tuple[Signer, ...] = ()
    logins: tuple[Login, ...] = ()
    fresh: tuple[RequestPlace, ...] = ()
    """Where requests carry values that each run has to make up anew."""
