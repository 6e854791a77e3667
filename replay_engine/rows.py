"""The rows of a pack as both sides of the engine read them: who asked what, what was answered, when, and how it ended.

Loaded once, then read only. A row is a number, its place in the pack's order of (offset, id).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from smartsandbox.packs.model import FailureKind
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.arrays import (
    Add,
    Arena,
    Coded,
    Column,
    Parts,
    cells,
    chunks,
    in_memory,
    integers,
    positions,
    read_array,
    read_cells,
)

_CODED = ("session", "endpoint", "method", "host", "credential", "reason")
_TEXTS = ("id", "path", "query")
_COLUMNS = [
    *("offset_us", "key", "request_body", "status", "response_body", "failure", "ttfb_us", "total_us"),
    *(*_CODED, *_TEXTS),
]
KINDS = tuple(FailureKind)
"""By the codes of `failures`."""
_BODILESS = (204, 304)
_BODIES_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns of one pack, by row. Times are microseconds, -1 where the recorder did not know; body places are
    positions in `bodies`, -1 for an empty one; status is -1 where nothing was answered."""

    offset_us: npt.NDArray[np.int64]
    key: npt.NDArray[np.uint64]
    """Two halves of the match key: shape (rows, 2)."""
    id: Arena
    session: Coded
    endpoint: Coded
    method: Coded
    host: Coded
    credential: Coded
    reason: Coded
    path: Arena
    query: Arena
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
        return KINDS[code] if code >= 0 else None

    def body(self, place: int) -> bytes:
        """The bytes at a place of `request_body` or `response_body`."""
        return self.bodies[place] if place >= 0 else b""

    def answer_place(self, row: int) -> int:
        """The place of the recorded body as far as HTTP can carry it: answers to HEAD, 1xx, 204 and 304 have none,
        though some recorders write down what their client had kept."""
        status = self.status[row]
        if status < 200 or status in _BODILESS or self.method.name(row) == "HEAD":
            return -1
        return int(self.response_body[row])

    def answer_places(self) -> memoryview:
        """The same of all rows."""
        status = np.asarray(self.status)
        bare = (status < 200) | np.isin(status, _BODILESS)
        heads = [code for code, name in enumerate(self.method.names) if name == "HEAD"]
        bare |= np.isin(np.asarray(self.method.codes), heads)
        return cells(np.where(bare, np.int32(-1), np.asarray(self.response_body)))

    def answer_body(self, row: int) -> bytes:
        """The bytes at `answer_place`."""
        return self.body(self.answer_place(row))

    @staticmethod
    def load(pack: Pack) -> Rows:
        """Read the columns that serving and driving need into memory."""
        return Rows.read(in_memory(partial(write_rows, pack)))

    @staticmethod
    def read(parts: Parts) -> Rows:
        """What `write_rows` added."""

        def text(name: str) -> Arena:
            return Arena.read(parts, name)

        def coded(name: str) -> Coded:
            return Coded.read(parts, name)

        return Rows(
            offset_us=read_array(parts, "offset_us", np.int64),
            key=read_array(parts, "key", np.uint64).reshape(-1, 2),
            id=text("id"),
            session=coded("session"),
            endpoint=coded("endpoint"),
            method=coded("method"),
            host=coded("host"),
            credential=coded("credential"),
            reason=coded("reason"),
            path=text("path"),
            query=text("query"),
            request_body=read_cells(parts, "request_body", "i"),
            response_body=read_cells(parts, "response_body", "i"),
            bodies=text("bodies"),
            status=read_cells(parts, "status", "h"),
            failures=read_cells(parts, "failure", "i"),
            ttfb_us=read_cells(parts, "ttfb_us", "q"),
            total_us=read_cells(parts, "total_us", "q"),
        )


def write_rows(pack: Pack, add: Add) -> None:
    """Add the columns of a pack as parts. Bodies pass through memory a few thousand at a time."""
    table = pack.table("exchanges", _COLUMNS)
    for name in _CODED:
        Coded.write(name, table[name], add)
    for name in _TEXTS:
        Arena.write(name, chunks(table[name]), add)
    add("key", [_key_halves(table["key"])])
    for name in ("offset_us", "ttfb_us", "total_us"):
        add(name, [integers(table[name], np.int64)])
    add("status", [integers(table["status"], np.int16)])
    add("failure", [positions(table["failure"], pa.array([kind.value for kind in KINDS]))])
    _write_places(table["request_body"], table["response_body"], pack.table("bodies", ["hash"])["hash"], add)
    Arena.write("bodies", _bodies(pack), add)


def _write_places(asked: Column, answered: Column, hashes: Column, add: Add) -> None:
    """Both columns are looked up at once, since the names of the bodies take a while to be hashed."""
    places = positions(pa.chunked_array([*chunks(asked), *chunks(answered)], pa.string()), hashes)
    add("request_body", [places[: len(asked)]])
    add("response_body", [places[len(asked) :]])


def _bodies(pack: Pack) -> Iterator[Column]:
    with pq.ParquetFile(pack.folder / "bodies.parquet", memory_map=True) as file:
        batches: Iterable[pa.RecordBatch] = file.iter_batches(_BODIES_AT_ONCE, columns=["content"])
        for batch in batches:
            yield batch.column(0)


def _key_halves(column: pa.ChunkedArray) -> npt.NDArray[np.uint64]:
    joined = b"".join(chunk.cast(pa.large_binary()).buffers()[2].to_pybytes() for chunk in column.chunks if len(chunk))
    return np.frombuffer(joined, ">u8").astype(np.uint64).reshape(-1, 2)
