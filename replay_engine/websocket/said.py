"""What the other end of a live connection said."""

from __future__ import annotations

from typing import NamedTuple

from smartsandbox.packs.model import MessageKind


class Said(NamedTuple):
    """A message or an end. A `code` of a close may be None; `fault` is the code of a rule that it broke."""

    kind: MessageKind
    payload: bytes
    code: int | None = None
    fault: bool = False
