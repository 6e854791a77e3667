"""The rows of a pack as both sides of the engine read them: who asked what, what was answered, when, and how it ended.

Loaded once, then read only. A row is a number, its place in the pack's order of (offset, id).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from smartsandbox.packs.model import FailureKind
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.arrays import Arena, Coded, cells, integers, positions

_COLUMNS = [
    "offset_us",
    "id",
    "session",
    "endpoint",
    "method",
    "host",
    "path",
    "query",
    "request_body",
    "key",
    "credential",
    "status",
    "reason",
    "response_body",
    "failure",
    "ttfb_us",
    "total_us",
]
_KINDS = tuple(FailureKind)
_BODILESS = (204, 304)


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns of one pack, by row. Times are microseconds, -1 where the recorder did not know; body places are
    positions in `bodies`, -1 for an empty one; status is -1 where nothing was answered."""

    offset_us: npt.NDArray[np.int64]
    key: npt.NDArray[np.uint64]
    """Two halves of the match key, big-endian: shape (rows, 2)."""
    id: Arena
    session: Coded
    endpoint: Coded
    method: Coded
    host: Coded
    credential: Coded
    path: Arena
    query: Arena
    reason: Arena
    request_body: memoryview
    response_body: memoryview
    bodies: Arena
    status: memoryview
    failures: memoryview
    ttfb_us: memoryview
    total_us: memoryview

    def __len__(self) -> int:
        return len(self.offset_us)

    def failure(self, row: int) -> FailureKind | None:
        """How an exchange ended without a complete answer."""
        code = self.failures[row]
        return _KINDS[code] if code >= 0 else None

    def body(self, place: int) -> bytes:
        """The bytes at a place of `request_body` or `response_body`."""
        return self.bodies[place] if place >= 0 else b""

    def answer_body(self, row: int) -> bytes:
        """The recorded body as far as HTTP can carry it: answers to HEAD, 1xx, 204 and 304 have none, though some
        recorders write down what their client had kept."""
        status = self.status[row]
        if status < 200 or status in _BODILESS or self.method.name(row) == "HEAD":
            return b""
        return self.body(self.response_body[row])

    @staticmethod
    def load(pack: Pack) -> Rows:
        """Read the columns that serving and driving need."""
        table = pack.table("exchanges", _COLUMNS)
        bodies = pack.table("bodies", ["hash", "content"])
        coded = {name: Coded.of(table[name]) for name in ("session", "endpoint", "method", "host", "credential")}
        return Rows(
            offset_us=integers(table["offset_us"], np.int64),
            key=_key_halves(table["key"]),
            id=Arena.of(table["id"]),
            path=Arena.of(table["path"]),
            query=Arena.of(table["query"]),
            reason=Arena.of(table["reason"]),
            request_body=positions(table["request_body"], bodies["hash"]),
            response_body=positions(table["response_body"], bodies["hash"]),
            bodies=Arena.of(bodies["content"]),
            status=cells(integers(table["status"], np.int16)),
            failures=positions(table["failure"], pa.array([kind.value for kind in _KINDS])),
            ttfb_us=cells(integers(table["ttfb_us"], np.int64)),
            total_us=cells(integers(table["total_us"], np.int64)),
            **coded,
        )


def _key_halves(column: pa.ChunkedArray) -> npt.NDArray[np.uint64]:
    joined = b"".join(chunk.cast(pa.large_binary()).buffers()[2].to_pybytes() for chunk in column.chunks if len(chunk))
    return np.frombuffer(joined, ">u8").astype(np.uint64).reshape(-1, 2)
