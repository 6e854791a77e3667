"""The messages of a WebSocket in a mitmproxy flow. Works on its objects without importing mitmproxy."""

from __future__ import annotations

from typing import Any

from smartsandbox.packs.capture.messages import UNDELIVERED, Collector, reason_of
from smartsandbox.packs.capture.moments import from_seconds
from smartsandbox.packs.model import LOST, Message, MessageKind

_TEXT = 1
_NO_STATUS = 1005
"""The code of a close frame that names none (RFC 6455, 7.1.5)."""


def flow_messages(recorded: Any, response: Any, notes: list[str]) -> tuple[Message, ...] | None:
    """What was said on the connection, with its end if the recording saw it; None for plain HTTP."""
    if recorded is None or response is None:
        return None
    said = Collector(from_seconds(response.timestamp_end or response.timestamp_start), notes)
    for one in recorded.messages:
        if one.dropped:
            notes.append(UNDELIVERED)
            continue
        kind = MessageKind.TEXT if int(one.type) == _TEXT else MessageKind.BINARY
        said.add(sent=one.from_client, seconds=one.timestamp, kind=kind, payload=one.content)
    if recorded.timestamp_end is not None:
        _end(said, recorded)
    return tuple(said.messages)


def _end(said: Collector, recorded: Any) -> None:
    code = recorded.close_code
    if code == LOST:
        said.lost(recorded.timestamp_end)
        return
    said.add(
        sent=bool(recorded.closed_by_client),
        seconds=recorded.timestamp_end,
        kind=MessageKind.CLOSE,
        payload=reason_of((recorded.close_reason or "").encode("utf-8", "surrogateescape")),
        code=None if code == _NO_STATUS else code,
    )
