"""The tiers of a pack as indexes: key to the rows that have it, at a cost that does not grow with the pack.

Made from `matching.parquet` when a pack is prepared for serving, and mapped, so that they cost nothing until a request
needs them. A pack from before that file, or one that is served by other rules than its own, has them made from its
exchanges.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smartsandbox.packs.matching import TIERS, ids
from smartsandbox.packs.matching.asked import asked_key
from smartsandbox.packs.matching.recorded import Recorded, recorded_in
from smartsandbox.packs.matching.table import PLACE, matching_rows
from smartsandbox.packs.matching_rules import Matching
from smartsandbox.packs.pack import MATCHING_FILE, Pack, files_of
from smartsandbox.packs.schema import MATCHING
from smartsandbox.replay_engine.arrays import Add, Parts, cells, flat, integers
from smartsandbox.replay_engine.index import KeyIndex

NAMES = (*TIERS, ids.TIER, PLACE)
_AT_ONCE = 10_000
_NEEDED = [
    "endpoint",
    "method",
    "path",
    "query",
    "request_headers",
    "request_body",
    "response_headers",
    "response_body",
]


class Tiers:
    """The indexes by tier: those of packs.matching.TIERS, of known ids, and of places."""

    def __init__(self, indexes: Mapping[str, KeyIndex]) -> None:
        self._indexes = indexes

    def index(self, tier: str) -> KeyIndex:
        """The index of one of NAMES."""
        return self._indexes[tier]

    @staticmethod
    def read(parts: Parts) -> Tiers:
        """What `write_tiers` added."""
        return Tiers({name: KeyIndex.read(parts, _prefix(name)) for name in NAMES})

    @staticmethod
    def made(pack: Pack, matching: Matching) -> Tiers:
        """Under other rules than the pack's own, in memory; takes some 50 microseconds an exchange."""
        return Tiers(dict(_indexes(pack, matching)))


def write_tiers(pack: Pack, add: Add) -> None:
    """Add the tiers of a pack under its own rules."""
    for name, index in _indexes(pack, pack.manifest.matching):
        index.write(add, _prefix(name))


def _prefix(name: str) -> str:
    return f"tier.{name}"


def _indexes(pack: Pack, matching: Matching) -> Iterator[tuple[str, KeyIndex]]:
    table = _table(pack, matching)
    for name in NAMES:
        yield name, _index(table.filter(pc.equal(table["tier"], name)))


def _table(pack: Pack, matching: Matching) -> pa.Table:
    if MATCHING_FILE in files_of(pack.manifest) and pack.manifest.matching == matching:
        return pack.table("matching")
    names = set(pack.table("exchanges", ["endpoint"])["endpoint"].unique().to_pylist())
    return pa.Table.from_pylist(matching_rows(recorded_requests(pack, matching), names, matching), MATCHING)


def _index(table: pa.Table) -> KeyIndex:
    """Entries stand in the order of (key, row), so a group's rows come out in pack order."""
    rows = integers(table["row"], np.int32)
    keys = flat(table["key"]).cast(pa.large_binary()).buffers()[2]
    index = KeyIndex.build(key_halves(keys.to_pybytes() if len(table) else b""))
    return replace(index, order=cells(rows[np.asarray(index.order)]))


def key_halves(keys: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint64]]:
    """16-byte keys, laid end to end, as the halves that an index is built of."""
    return np.frombuffer(keys, ">u8").astype(np.uint64).reshape(-1, 2)


def recorded_requests(pack: Pack, matching: Matching) -> Iterator[Recorded]:
    """Every exchange of a pack as matching reads it, in order."""
    bodies = pack.bodies()
    for batch in pack.table("exchanges", _NEEDED).to_batches(max_chunksize=_AT_ONCE):
        yield from recorded_in(batch.to_pylist(), bodies, matching)


def exact_index(pack: Pack, matching: Matching) -> KeyIndex:
    """The index of the exact keys under other rules than the pack's own."""
    keys = b"".join(asked_key(item.asked, matching) for item in recorded_requests(pack, matching))
    return KeyIndex.build(key_halves(keys))
