"""The requests of a pack that have no body, by method and target as they were recorded.

Most requests of a test are spelt as they were recorded. For those, looking the target up costs a third of making the
match key, and finds the same group. A target whose recorded requests have several keys is left out, and all are where
headers are part of the key.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.arrays import Add, Buffer, Column, Parts, read_cells
from smartsandbox.replay_engine.index import KeyIndex

_ENTRY = struct.Struct("=iiI")
"""The group, its row if it has only one or -1, and the length of the line that follows: method, space, target."""
NOWHERE = (-1, -1)


@dataclass(frozen=True, slots=True)
class Targets:
    """Entries in the order of a checksum of their lines, and where those begin that share its leading bits. A look-up
    then touches two places in memory."""

    shift: int
    directory: memoryview
    entries: Buffer

    def find(self, method: str, target: bytes) -> tuple[int, int]:
        """The group of a request without a body, and the group's row if it has only one or -1; else NOWHERE."""
        line = _prefix(method) + target
        bucket = crc32(line) >> self.shift
        at, end = self.directory[bucket], self.directory[bucket + 1]
        while at < end:
            group, row, size = _ENTRY.unpack_from(self.entries, at)
            at += 12
            if self.entries[at : at + size] == line:
                return group, row
            at += size
        return NOWHERE

    @staticmethod
    def read(parts: Parts) -> Targets:
        """What `write_targets` added."""
        directory = read_cells(parts, "targets.directory", "q")
        return Targets(33 - len(directory).bit_length(), directory, parts["targets.entries"])


NO_TARGETS = Targets(32, memoryview(bytes(2)), b"")
"""Finds nothing: for rules by which the target alone does not decide."""


def write_targets(pack: Pack, index: KeyIndex, add: Add) -> None:
    """Add the targets of a pack."""
    alone = np.flatnonzero(np.diff(index.first) == 1).tolist()
    table = pack.table("exchanges", ["method", "path", "query", "request_body"])
    lines = _lines(table)
    chosen = pc.and_(pc.is_null(table["request_body"]), pc.string_is_ascii(lines))
    groups = index.groups()[chosen.to_numpy()].tolist()
    found = {} if pack.manifest.matching.headers else lines_of(lines.filter(chosen).to_pylist(), groups)
    write_lines(found, {group: index.row(group) for group in alone}, add)


def _lines(table: pa.Table) -> Column:
    marks = pc.if_else(pc.equal(table["query"], ""), "", "?")
    methods = pc.utf8_upper(table["method"])
    return pc.binary_join_element_wise(methods, " ", table["path"], marks, table["query"], "")


def lines_of(lines: Sequence[str], groups: Sequence[int]) -> dict[str, int]:
    """The group of each line, for those that have one only."""
    found = dict(zip(lines, groups, strict=True))
    several = {line for line, group in zip(lines, groups, strict=True) if found[line] != group}
    return {line: group for line, group in found.items() if line not in several} if several else found


def write_lines(lines: Mapping[str, int], alone: Mapping[int, int], add: Add) -> None:
    """Add lines with their groups; `alone` has the row of each group that has only one."""
    texts, groups = [line.encode() for line in lines], list(lines.values())
    codes = np.array([crc32(text) for text in texts], np.uint32)
    order = np.argsort(codes, kind="stable")
    entries = [_ENTRY.pack(groups[at], alone.get(groups[at], -1), len(texts[at])) + texts[at] for at in order.tolist()]
    starts = np.cumsum([0, *map(len, entries)])
    bits = max(1, len(lines).bit_length())
    edges = np.searchsorted(codes[order] >> np.uint32(32 - bits), np.arange(2**bits + 1, dtype=np.uint32))
    add("targets.directory", [starts[edges]])
    add("targets.entries", [b"".join(entries)])


@cache
def _prefix(method: str) -> bytes:
    return method.encode() + b" "
