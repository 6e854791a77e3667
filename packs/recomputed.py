"""What a pack says of itself, computed again from its rows: digests, bodies, match keys."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow.parquet as pq

from smartsandbox.packs.canonical import digest_bytes
from smartsandbox.packs.matching.asked import asked_key
from smartsandbox.packs.matching.recorded import recorded_in
from smartsandbox.packs.matching.table import matching_rows
from smartsandbox.packs.pack import MATCHING_FILE, Pack, files_of
from smartsandbox.packs.publish import content_digest


def problems(pack: Pack) -> Iterator[str]:
    """See Pack.verify."""
    for resource in pack.manifest.resources:
        if resource.path.endswith(".parquet"):
            rows = pq.read_table(pack.folder / resource.path).to_pylist()
            if len(rows) != resource.rows or content_digest(rows) != resource.content_digest:
                yield f"{resource.path}: its rows do not have the digest that the manifest names"
    yield from _body_problems(pack)
    yield from _key_problems(pack)


def _body_problems(pack: Pack) -> Iterator[str]:
    bodies = pack.bodies()
    if any(digest_bytes(content) != name for name, content in bodies.items()):
        yield "bodies.parquet: a body does not have the hash it stands under"
    wanted = pack.table("exchanges", ["request_body", "response_body"])
    hashes = {name for column in wanted.columns for name in column.to_pylist() if name}
    if hashes != bodies.keys():
        yield "bodies.parquet: it does not hold exactly the bodies that the exchanges name"


def _key_problems(pack: Pack) -> Iterator[str]:
    matching = pack.manifest.matching
    rows = pack.table("exchanges").to_pylist()
    recorded = list(recorded_in(rows, pack.bodies(), matching))
    for row, item in zip(rows, recorded, strict=True):
        if asked_key(item.asked, matching) != row["key"]:
            yield f"exchanges.parquet: exchange {row['id']} has a match key that this version does not compute"
    if MATCHING_FILE in files_of(pack.manifest):
        names = {row["endpoint"] for row in rows}
        if pack.table("matching").to_pylist() != matching_rows(recorded, names, matching):
            yield f"{MATCHING_FILE}: it has not the keys that this version computes"
