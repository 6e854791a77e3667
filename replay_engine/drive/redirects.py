"""Redirects that lead off the sandbox. None is ever followed; they are counted, so that nobody misses them."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit


def leads_away(headers: Iterable[tuple[bytes, bytes]], authority: str) -> bool:
    """True if an answer's Location names another host or port than the target's `authority`, or cannot be read."""
    for name, value in headers:
        if name.lower() == b"location":
            try:
                where = urlsplit(value.decode("latin-1").strip()).netloc
            except ValueError:
                return True
            return bool(where) and where.rpartition("@")[2].lower() != authority.lower()
    return False
