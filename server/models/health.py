"""Whether the server can do its work."""

from __future__ import annotations

from typing import Literal

from smartsandbox.server.models.base import Model


class Health(Model):
    """The server runs and its store can be listed."""

    status: Literal["ok"]
    version: str
    packs: int
    """How many pack versions the store holds."""
