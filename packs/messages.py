"""What the protocol says of a message on a WebSocket (RFC 6455)."""

from __future__ import annotations

_LONGEST_REASON = 123
"""Bytes: a control frame holds 125, and two of them are the code."""


def cut_reason(reason: bytes) -> bytes:
    """As much of a reason as a close frame holds, in whole characters."""
    return reason[:_LONGEST_REASON].decode("utf-8", "ignore").encode()
