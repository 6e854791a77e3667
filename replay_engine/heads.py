"""Header fields in wire form: each distinct `Name: value` line once, and for every row the codes of its lines.

Fields that belong to one connection (RFC 9110, 7.6.1) and lengths are left out, because the side that sends computes
its own. A control character in a value becomes a space, so that no recorded value can add a line of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from smartsandbox.replay_engine.arrays import Column, cells, flat, integers

HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
OWN_HEADERS = frozenset(
    f"x-sandbox{name}"
    for name in ("", "-exchange", "-match", "-session", "-host", "-run", "-chaos", "-clock", "-scenario")
)
"""Names that the engine itself sends; a recorded one would say something else."""

_TOKEN = r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"
_CONTROL = r"[\x00-\x08\x0A-\x1F\x7F]+"


def wire_text(text: str) -> bytes:
    """Header text in bytes: Latin-1 as HTTP has it, UTF-8 for what Latin-1 cannot hold."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class HeaderLines:
    """The header lines of every row, each with its line end."""

    lines: tuple[bytes, ...]
    codes: memoryview
    starts: memoryview

    def of(self, row: int) -> list[bytes]:
        """The lines of one row in recorded order."""
        lines = self.lines
        return [lines[code] for code in self.codes[self.starts[row] : self.starts[row + 1]]]

    @staticmethod
    def build(column: Column, drop: frozenset[str]) -> HeaderLines:
        """From a headers column, without the fields named (in lower case) in `drop`."""
        fields = _Fields.of(column)
        keep = ~_truth(pc.is_in(fields.lower, value_set=pa.array(sorted(drop), pa.string()))) & _truth(
            pc.match_substring_regex(fields.names, _TOKEN)
        )
        clean = pc.replace_substring_regex(fields.values, _CONTROL, " ")
        lines = pc.binary_join_element_wise(fields.names, ": ", clean, "\r\n", "").filter(pa.array(keep))
        coded = lines.dictionary_encode()
        before = np.concatenate([[0], np.cumsum(keep)])
        return HeaderLines(
            tuple(wire_text(line) for line in coded.dictionary.to_pylist()),
            cells(integers(coded.indices, np.int32)),
            cells(before[fields.starts].astype(np.int64)),
        )


def values_of(column: Column, name: str) -> dict[int, str]:
    """Row to value for the rows that have this header (name in lower case); the first where it repeats."""
    fields = _Fields.of(column)
    at = np.flatnonzero(_truth(pc.equal(fields.lower, name)))
    rows = np.searchsorted(fields.starts, at, side="right") - 1
    found: dict[int, str] = {}
    for row, value in zip(rows.tolist(), fields.values.take(at).to_pylist(), strict=True):
        found.setdefault(row, value)
    return found


@dataclass(frozen=True, slots=True)
class _Fields:
    """A headers column, flattened: row r has the fields starts[r] to starts[r + 1]."""

    names: Column
    lower: Column
    values: Column
    starts: npt.NDArray[np.int64]

    @staticmethod
    def of(column: Column) -> _Fields:
        array = flat(column)
        pairs = array.values
        names = pairs.field("name")
        return _Fields(names, pc.utf8_lower(names), pairs.field("value"), array.offsets.to_numpy().astype(np.int64))


def _truth(array: Column) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.fill_null(array, False).to_numpy(zero_copy_only=False), np.bool_)
