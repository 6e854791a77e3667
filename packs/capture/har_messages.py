"""The messages of a WebSocket in a HAR entry: `_webSocketMessages`, as Chrome writes them and others do after it.

Each has `type` (send, receive, error), `time` in Unix seconds, `opcode`, and `data`: text, or bytes in base64. How the
connection ended is rarely told.
"""

from __future__ import annotations

import re
from typing import Any

from smartsandbox.packs.capture.messages import UNRECORDED, Collector
from smartsandbox.packs.errors import UnreadableError
from smartsandbox.packs.model import Message, Response

_URL = re.compile(r"\s*wss?:", re.IGNORECASE)
_DIRECTIONS = {"send": True, "receive": False}


def is_socket(entry: dict[str, Any]) -> bool:
    """True for an entry that has messages, or the URL of a WebSocket."""
    return "_webSocketMessages" in entry or _URL.match(str(entry["request"].get("url"))) is not None


def handshake_url(url: str) -> str:
    """The URL of the request that opens a WebSocket; any other as it is."""
    return "http" + url.lstrip()[2:] if _URL.match(url) else url


def socket_messages(
    entry: dict[str, Any], response: Response | None, opened_us: int | None, notes: list[str]
) -> tuple[Message, ...] | None:
    """The messages; None for a handshake that was refused. Raises UnreadableError where they were not recorded."""
    recorded = entry.get("_webSocketMessages")
    if response is None or response.status != 101:
        if recorded:
            raise UnreadableError("entry", "messages of a WebSocket without an answer that opened it")
        return None
    if not isinstance(recorded, list):
        raise UnreadableError("entry", UNRECORDED)
    said = Collector(opened_us, notes)
    for one in recorded:
        kind = one.get("type")
        if kind == "error":
            said.lost(one.get("time"))
        elif kind in _DIRECTIONS:
            data = one.get("data")
            text = data if isinstance(data, str) else ""
            said.frame(sent=_DIRECTIONS[kind], seconds=one.get("time"), opcode=one.get("opcode"), text=text)
        else:
            raise UnreadableError("entry", "a message of a WebSocket that was neither sent nor received")
    return tuple(said.messages)
