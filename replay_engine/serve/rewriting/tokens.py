"""JSON Web Tokens whose times have moved, signed anew with the published test key."""

from __future__ import annotations

import base64
import binascii
import re

from smartsandbox.packs.sandbox_tokens import sign
from smartsandbox.replay_engine.json_spans import spans, spliced
from smartsandbox.replay_engine.moments import SECOND

LOOKS = re.compile(r"ey[A-Za-z0-9_-]+\.ey[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
TIMES = ("iat", "nbf", "exp", "auth_time")


def moved_token(token: str, by_us: int) -> str | None:
    """The token with its times moved; None for one without times, or that is no JSON Web Token."""
    header, claims, _ = token.split(".")
    try:
        head, payload = _decode(header), _decode(claims)
        places = spans(payload)
        moved = {}
        for name in TIMES:
            place = places.get(f"/{name}")
            value = payload[place[0] : place[1]] if place else b""
            if place and value.isdigit():
                moved[place] = b"%d" % (int(value) + by_us // SECOND)
        return sign(head.decode(), spliced(payload, moved).decode()) if moved and spans(head) else None
    except (binascii.Error, UnicodeDecodeError):
        return None


def expiry_of(token: str) -> int | None:
    """The second at which a JSON Web Token is past, by its own `exp`; None for one without, or another text."""
    if not LOOKS.fullmatch(token):
        return None
    try:
        payload = _decode(token.split(".")[1])
    except binascii.Error:
        return None
    place = spans(payload).get("/exp")
    value = payload[slice(*place)] if place else b""
    return int(value) if value.isdigit() and len(value) < 12 else None


def _decode(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
