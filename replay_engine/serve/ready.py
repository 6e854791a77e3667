"""Answers made ready before serving: the head of every answer in wire form, and where head and body lie.

A head declares the body as the pack holds it, without content coding. Whether it is sent so is decided for each
request (see `payloads`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.arrays import Add, Buffer, Coded, Column, Parts
from smartsandbox.replay_engine.coding import known
from smartsandbox.replay_engine.heads import HOP_BY_HOP, OWN_HEADERS, HeaderLines, values_of, wire_text
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.answer import BANNER, MATCH
from smartsandbox.replay_engine.serve.marks import Marks

_DROPPED = HOP_BY_HOP | OWN_HEADERS | {"content-length", "content-encoding"}
_PLACES = np.dtype([("head", "u8"), ("body", "u8"), ("body_size", "u8"), ("head_size", "u4"), ("kind", "u4")])
PLACE = "=QQQII"
"""A row's place as `struct` reads it: where its head and body begin, the sizes of body and head, and the sum of its
kinds."""
CODED = 1
"""A kind: it was recorded with a content coding that can be applied here."""
UNUSUAL = 2
"""A kind: nothing can follow it on its connection, being a failure, or a status below 200. It may have no head."""
_LENGTH = b"\r\nContent-Length: "


@dataclass(frozen=True, slots=True)
class Ready:
    """The answers of a pack; `places` has one PLACE for each row, `coding` the content coding of those CODED."""

    places: Buffer
    heads: Buffer
    bodies: Buffer
    coding: Coded

    @staticmethod
    def read(parts: Parts) -> Ready:
        """What `write_rows` and `write_ready` added."""
        return Ready(parts["places"], parts["heads"], parts["bodies.data"], Coded.read(parts, "coding"))


def write_ready(pack: Pack, rows: Rows, add: Add) -> None:
    """Add the answers of a pack whose rows were added; heads pass through memory a row group at a time."""
    maker = _Maker(rows, Marks(rows))
    add("heads", maker.heads(pack))
    add("places", [maker.places()])
    Coded.write("coding", pa.array(maker.codings, pa.string()), add)


@dataclass(slots=True)
class _Maker:
    """Makes heads in the order of rows, and keeps what it found out on the way: a list entry for each row."""

    rows: Rows
    marks: Marks
    sizes: list[int] = field(default_factory=list)
    bodies: list[int] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    codings: list[str | None] = field(default_factory=list)

    def heads(self, pack: Pack) -> Iterator[bytes]:
        """The heads of all rows, joined by row group."""
        with pq.ParquetFile(pack.folder / "exchanges.parquet", memory_map=True) as file:
            for batch in file.iter_batches(columns=["response_headers"]):
                made = list(self._batch(batch.column(0), len(self.sizes)))
                self.sizes += map(len, made)
                yield b"".join(made)

    def places(self) -> np.ndarray[tuple[int], np.dtype[np.void]]:
        """The place of each row."""
        bodies, starts = np.array(self.bodies, np.int64), np.asarray(self.rows.bodies.starts)
        held = np.flatnonzero(bodies >= 0)
        places = np.zeros(len(self.sizes), _PLACES)
        places["head_size"], places["kind"] = self.sizes, self.kinds
        places["head"] = np.cumsum(self.sizes) - self.sizes
        places["body"][held] = starts[bodies[held]]
        places["body_size"][held] = starts[bodies[held] + 1] - starts[bodies[held]]
        return places

    def _batch(self, column: Column, first: int) -> Iterator[bytes]:
        lines, codings, lengths = (
            HeaderLines.build(column, _DROPPED),
            values_of(column, "content-encoding"),
            values_of(column, "content-length"),
        )
        for at in range(len(column)):
            yield self._head(first + at, lines.of(at), codings.get(at), lengths.get(at, ""))

    def _head(self, row: int, lines: list[bytes], coding: str | None, length: str) -> bytes:
        """A coding that cannot be applied here, or applied to nothing, is declared as it was recorded."""
        rows = self.rows
        status, place = rows.status[row], rows.answer_place(row)
        unusual = status < 200 or rows.failures[row] >= 0
        applied = coding if coding and place >= 0 and known(coding) else None
        self.bodies.append(place)
        self.codings.append(applied)
        special = 0 if status < 0 else self.marks.kind(row, lines, whole=unusual)
        self.kinds.append(UNUSUAL * unusual + CODED * (applied is not None) + special)
        if status < 0:
            return b""
        if coding and not applied:
            lines.append(coding_line(coding))
        size = rows.bodies.size(place) if place >= 0 else 0
        reason = wire_text(rows.reason.name(row) or "").translate(None, b"\r\n")
        status_line = b"HTTP/1.1 %d %s\r\n" % (status, reason)
        exchange = b"X-Sandbox-Exchange: %s\r\n%s" % (rows.id[row], MATCH % b"exact")
        return b"".join((status_line, *lines, self._length_line(row, length, size), exchange, BANNER, b"\r\n"))

    def _length_line(self, row: int, recorded: str, size: int) -> bytes:
        """The length of what is sent; for HEAD and 304, which describe a body they do not send, the recorded one."""
        rows, status = self.rows, self.rows.status[row]
        if rows.failures[row] >= 0:
            size = max(size + 1, int(recorded) if recorded.isdecimal() and len(recorded) < 16 else 0)
        elif status < 200 or status in (204, 304) or rows.method.name(row) == "HEAD":
            describes = recorded.isdecimal() and status >= 200 and status != 204
            return b"Content-Length: %s\r\n" % recorded.encode() if describes else b""
        return b"Content-Length: %d\r\n" % size


def coding_line(coding: str) -> bytes:
    """The header line that declares a content coding."""
    return b"Content-Encoding: %s\r\n" % wire_text(coding)


def coded_head(head: bytes, coding: str, size: int, *, short: bool) -> bytes:
    """A ready head that declares a coding, and the size of the coded body instead; `short` declares more than that."""
    at = head.index(_LENGTH) + 2
    end = head.index(b"\r\n", at)
    if short:
        size = max(size + 1, int(head[at + len(_LENGTH) - 2 : end]))
    return b"%s%sContent-Length: %d%s" % (head[:at], coding_line(coding), size, head[end:])
