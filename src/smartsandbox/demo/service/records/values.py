"""What all the objects of the API share: JSON objects, and how an instant is written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]


def iso(seconds: float) -> str:
    """An instant as ISO 8601 in UTC with milliseconds and a Z."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
