"""What was said on the WebSockets of a pack, as flat memory that processes share; a message is made when it is due."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smartsandbox.packs.model import Message, MessageKind
from smartsandbox.packs.pack import MESSAGES_FILE, Pack, files_of
from smartsandbox.packs.schema import MESSAGES, OPEN
from smartsandbox.replay_engine.arrays import (
    Add,
    Arena,
    Parts,
    cells,
    chunks,
    flat,
    in_memory,
    integers,
    positions,
    read_cells,
)

_KINDS = tuple(MessageKind)
_NO_CODE = -1


@dataclass(frozen=True, slots=True)
class Conversations:
    """Of the i-th exchange that opened one, `rows[i]` is the pack's row, and messages `starts[i]` to `starts[i + 1]`
    are what was said; `order` has the places i in the order of their exchanges' ids."""

    rows: memoryview
    order: memoryview
    starts: memoryview
    sent: memoryview
    at_us: memoryview
    kinds: memoryview
    codes: memoryview
    payloads: Arena

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, row: int) -> Conversation | None:
        """What was said on the WebSocket of a row; None if it opened none."""
        at = bisect_left(self.rows, row)
        if at == len(self.rows) or self.rows[at] != row:
            return None
        return Conversation(self, row, self.starts[at], self.starts[at + 1] - self.starts[at])

    def named(self, identifier: bytes, ids: Arena) -> Conversation | None:
        """That of an exchange by its id; `ids` are those of all rows."""
        place = bisect_left(self.order, identifier, key=lambda one: ids[self.rows[one]])
        if place == len(self.order) or ids[self.rows[self.order[place]]] != identifier:
            return None
        return self.of(self.rows[self.order[place]])

    @staticmethod
    def load(pack: Pack) -> Conversations:
        """Read a pack's messages into memory."""
        return Conversations.read(in_memory(partial(write_conversations, pack)))

    @staticmethod
    def read(parts: Parts) -> Conversations:
        """What `write_conversations` added."""
        return Conversations(
            rows=read_cells(parts, "said.rows", "i"),
            order=read_cells(parts, "said.order", "q"),
            starts=read_cells(parts, "said.starts", "q"),
            sent=read_cells(parts, "said.sent", "b"),
            at_us=read_cells(parts, "said.at_us", "q"),
            kinds=read_cells(parts, "said.kinds", "i"),
            codes=read_cells(parts, "said.codes", "i"),
            payloads=Arena.read(parts, "said.payloads"),
        )


@dataclass(frozen=True, slots=True)
class Conversation(Sequence[Message]):
    """The messages of one connection in their order; `row` opened it."""

    among: Conversations
    row: int
    first: int
    length: int

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, at: int) -> Message: ...
    @overload
    def __getitem__(self, at: slice) -> list[Message]: ...
    def __getitem__(self, at: int | slice) -> Message | list[Message]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(self.length))]
        if not 0 <= at < self.length:
            raise IndexError(at)
        all_of_them, place = self.among, self.first + at
        code = all_of_them.codes[place]
        return Message(
            bool(all_of_them.sent[place]),
            all_of_them.at_us[place],
            _KINDS[all_of_them.kinds[place]],
            all_of_them.payloads[place],
            None if code == _NO_CODE else code,
        )

    def places(self, *, sent: bool) -> memoryview:
        """Where the messages of one end stand, in order."""
        mine = np.asarray(self.among.sent[self.first : self.first + self.length]) == sent
        return cells(np.flatnonzero(mine).astype(np.int64))


def write_conversations(pack: Pack, add: Add) -> None:
    """Add a pack's messages as parts; one of an older format has none."""
    has_any = MESSAGES_FILE in files_of(pack.manifest)
    table = pack.table("messages") if has_any else MESSAGES.empty_table()
    opens = np.flatnonzero(integers(pc.equal(table["kind"], OPEN).cast(pa.int8()), np.int8))
    said = table.filter(pc.not_equal(table["kind"], OPEN))
    rows = integers(table["row"], np.int32)[opens]
    add("said.rows", [rows])
    ids = pack.table("exchanges", ["id"])["id"].take(pa.array(rows)) if len(rows) else pa.array([], pa.string())
    add("said.order", [pc.sort_indices(flat(ids).cast(pa.binary())).to_numpy().astype(np.int64)])
    add("said.starts", [np.append(opens - np.arange(len(opens)), len(said)).astype(np.int64)])
    add("said.sent", [integers(flat(said["sent"]).cast(pa.int8()), np.int8)])
    add("said.at_us", [integers(said["at_us"], np.int64)])
    add("said.kinds", [positions(said["kind"], pa.array([kind.value for kind in _KINDS]))])
    add("said.codes", [integers(said["code"], np.int32, _NO_CODE)])
    Arena.write("said.payloads", chunks(said["payload"]), add)
