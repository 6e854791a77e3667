"""What stays of a published version once it was withdrawn: a tombstone in its place.

The files are gone, the version's name stays taken. A tombstone says when and for which of a few reasons; it has no
field for a free text, since whoever reads the store reads it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from smartsandbox.packs.canonical import pretty_json

WITHDRAWN_FILE = "withdrawn.json"
TOMBSTONE_FORMAT = 1
REASONS = ("erasure", "retention", "incident", "replaced")
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A withdrawn version. `digest` and `trace` are those its manifest named; `withdrawn_at` is UTC, ISO 8601."""

    kind: str
    name: str
    version: str
    digest: str
    trace: str
    withdrawn_at: str
    reason: str

    @property
    def ref(self) -> str:
        """The name a user types: "name@version"."""
        return f"{self.name}@{self.version}"

    @property
    def sentence(self) -> str:
        """What became of it, for one line: "was withdrawn on 2026-01-31 (erasure)"."""
        return f"was withdrawn on {self.withdrawn_at[:10]} ({self.reason})"

    def to_bytes(self) -> bytes:
        """The content of `withdrawn.json`."""
        return pretty_json({"format": TOMBSTONE_FORMAT, **asdict(self)})

    @staticmethod
    def of(kind: str, name: str, version: str, content: bytes) -> Tombstone:
        """Read one. Whatever the file holds, the version stays withdrawn: what cannot be read is "unknown"."""
        try:
            value = orjson.loads(content)
        except orjson.JSONDecodeError:
            value = None
        known: dict[str, Any] = value if isinstance(value, dict) else {}
        read = {field: str(known.get(field) or _UNKNOWN) for field in ("digest", "trace", "withdrawn_at", "reason")}
        return Tombstone(kind, name, version, **read)


def moment(now: datetime) -> str:
    """A time as tombstones and audit lines write it: UTC to the second."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
