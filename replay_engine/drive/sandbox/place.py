"""Where requests carry a credential: a header, after its scheme, or a cookie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from smartsandbox.packs.slots import Slot
from smartsandbox.replay_engine.drive.correlation.draft import Draft

_SCHEMED = "authorization"


@dataclass(frozen=True, slots=True)
class RequestPlace:
    """`location` is header or cookie, `name` in lower case for a header."""

    location: str
    name: str

    @staticmethod
    def parse(text: str) -> RequestPlace | None:
        """Read `header:NAME` or `cookie:NAME`; None for anything else."""
        location, _, name = text.partition(":")
        if location not in ("header", "cookie") or not name:
            return None
        return RequestPlace(location, name.lower() if location == "header" else name)

    def holds(self, slot: Slot) -> bool:
        """True for a slot that stands here."""
        return (slot.location, slot.pointer) == (self.location, self.name)

    def change(self, draft: Draft, anew: Callable[[str], str]) -> None:
        """Replace the credential here, where the request has one."""
        if self.location == "header":
            draft.each_header(self.name, lambda value: self._in_header(value, anew))
        else:
            draft.each_header("cookie", lambda value: self._in_cookie(value, anew))

    def _in_header(self, value: str, anew: Callable[[str], str]) -> str:
        scheme, space, token = value.partition(" ")
        return f"{scheme} {anew(token)}" if space and self.name == _SCHEMED else anew(value)

    def _in_cookie(self, value: str, anew: Callable[[str], str]) -> str:
        found = []
        for pair in value.split(";"):
            name, mark, content = pair.strip().partition("=")
            found.append(f"{name}={anew(content)}" if name == self.name else name + mark + content)
        return "; ".join(found)
