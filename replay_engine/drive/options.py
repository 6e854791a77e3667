"""How a pack is driven: pace, bounds and what counts as a run that says something."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from uuid import uuid4

from smartsandbox.replay_engine.drive.pacing import Pacing
from smartsandbox.replay_engine.drive.sandbox.rules import SandboxRules
from smartsandbox.replay_engine.drive.share import WHOLE, Share


@dataclass(frozen=True, slots=True)
class DriveOptions:
    """`timeout` and `lateness_bound` are seconds; `connections` are opened before the first request."""

    pacing: Pacing = field(default_factory=Pacing)
    max_in_flight: int = 1000
    timeout: float = 30.0
    lateness_bound: float = 0.020
    """The 99th percentile of the generator's own lateness above which a run is INVALID."""
    connections: int = 16
    run: str = field(default_factory=lambda: uuid4().hex)
    """The run's own name, sent as X-Sandbox-Run."""
    ordered: bool = True
    """Keep the recorded order inside a session, waiting for answers that the recorded client had waited for."""
    realtime: bool = False
    """Run before other work of this machine while requests are sent: see priority.py."""
    share: Share = WHOLE
    """Which part of the schedule this process drives."""
    bind: bool = True
    """Put what the target answered in the place of recorded ids, tokens and cursors, as the pack's links say."""
    skip_unbound: bool = False
    """Do not send a request whose value was never answered, instead of sending it with the recorded one."""
    rules: SandboxRules = field(default_factory=SandboxRules)
    """What may differ, what is signed anew, and how callers log in."""
    exact: bool = False
    """Take every byte that is not the recorded one for a difference, though the JSON value be the same."""


def shared(options: DriveOptions, pack: str, start: str) -> DriveOptions:
    """The same under a run name that all workers of one run find by themselves: from pack, pace and start."""
    facts = [pack, start, options.share.count, options.pacing.to_json()]
    return replace(options, run=hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32])
