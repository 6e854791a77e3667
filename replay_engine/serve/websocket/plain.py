"""A WebSocket that is asked for as if it were a page: 426 says how to ask."""

from __future__ import annotations

from smartsandbox.packs.canonical import canonical_json
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.head import remade

_WHY = "a WebSocket was recorded here: ask with Connection: Upgrade and Upgrade: websocket, once earlier answers came"


def upgrade_required(opening: Answer) -> Answer:
    """What is answered in the place of a recorded handshake, by the same plan and with the sandbox's own headers."""
    body = canonical_json({"type": "about:blank", "title": "Upgrade required", "status": 426, "detail": _WHY})
    lines = (b"Upgrade: websocket", b"Connection: Upgrade", b"Content-Type: application/problem+json")
    length = b"Content-Length: %d" % len(body)
    head = remade(opening.head, b"426 Upgrade Required", lambda name: name.startswith(b"x-sandbox"), *lines, length)
    return Answer(opening.plan, head, body)
