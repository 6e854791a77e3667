"""Finding an exchange for a request whose exact key none has. One tier a file, one table."""

from __future__ import annotations

from smartsandbox.replay_engine.matching.by_fields import ByFields
from smartsandbox.replay_engine.matching.by_template import ByTemplate
from smartsandbox.replay_engine.matching.matchers import Matcher

MATCHERS: tuple[Matcher, ...] = (ByTemplate(), ByFields())
"""In the order in which they are tried."""
