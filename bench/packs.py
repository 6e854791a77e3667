"""Synthetic certified packs of any size, written through the packs room's own functions in bounded memory.

Publishing holds a whole trace in memory and mines links; at a million exchanges that is not what is measured here. So
rows are made by `publish.pack_row`, written in batches by `parquet.write_batches`, and sealed by a manifest whose
digests are computed from what was written. Packs are kept in the cache under a digest of the code that made them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain, islice
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from bench import cache, stubs
from smartsandbox import packs
from smartsandbox.packs.canonical import digest_file, digest_json
from smartsandbox.packs.certificate import CERTIFICATE_FILE, Certificate
from smartsandbox.packs.guard import PACK, attest_published
from smartsandbox.packs.keyring import own_key
from smartsandbox.packs.manifest import Manifest, Resource
from smartsandbox.packs.matching.recorded import Recorded
from smartsandbox.packs.matching.table import matching_rows
from smartsandbox.packs.matching_rules import EXACT
from smartsandbox.packs.model import Exchange, Ledger
from smartsandbox.packs.parquet import write_batches
from smartsandbox.packs.publish import content_digest, pack_row
from smartsandbox.packs.schema import BINDINGS, BODIES, EXCHANGES, LINKS, MATCHING, MESSAGES, SHAPE
from smartsandbox.packs.shape import is_error, shape_rows
from smartsandbox.packs.testing import EPOCH_US, JSON, a_request, a_response, an_exchange, hand_made_certificate

_BATCH = 20_000
_SESSION = 20
"""Exchanges of one session."""
_MAKERS = (
    *("attestation", "canonical", "certificate", "dsse", "guard", "key", "manifest", "model", "parquet", "publish"),
    *("schema", "shape", "signing", "testing"),
)
"""The modules of the packs room that decide what a pack holds."""
_SHAPED = ("offset_us", "endpoint", "status", "failure", "total_us", "ttfb_us")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A pack to make: how many exchanges, and each by its number. Numbers are in order of time, and keys differ."""

    name: str
    count: int
    exchange: Callable[[int], Exchange]


def accounts(gets: int) -> Recipe:
    """The stubs: `gets` accounts, then the transfers that go with them."""

    def exchange(number: int) -> Exchange:
        if number < gets:
            asked, answer = a_request("GET", stubs.path(number)), stubs.account(number)
            endpoint = "GET /v1/accounts/{account_id}"
        else:
            place = number - gets
            asked = a_request("POST", stubs.POST_PATH, body=stubs.transfer(place), headers=JSON)
            answer, endpoint = stubs.transferred(place), f"POST {stubs.POST_PATH}"
        response = a_response(200, body=answer, headers=JSON)
        return _at(number, 1000, asked, response, endpoint)

    return Recipe(f"accounts-{gets}", gets + stubs.post_count(gets), exchange)


def journeys(count: int) -> Recipe:
    """Load for a target that always answers the same: sessions of 20 GETs, a thousand requests a second."""
    answer = stubs.account(0)

    def exchange(number: int) -> Exchange:
        asked = a_request(
            "GET", f"/v1/accounts/acct_demo0001/entries/{number}", headers=(("Accept", "application/json"),)
        )
        response = a_response(200, body=answer, headers=JSON)
        return _at(number, 1000, asked, response, "GET /v1/accounts/{account_id}/entries/{entry_id}")

    return Recipe(f"journeys-{count}", count, exchange)


def _at(number: int, gap_us: int, asked: Any, answer: Any, endpoint: str) -> Exchange:
    return an_exchange(
        f"x{number:08d}",
        asked,
        answer,
        at_us=number * gap_us,
        session=_lane(number),
        ttfb_us=200,
        total_us=300,
        endpoint=endpoint,
    )


def _lane(number: int) -> str:
    """A thousand sessions at a time, taking turns: one has a request every second, 20 in all."""
    return f"s{number // (_SESSION * 1000)}-{number % 1000}"


def built(recipe: Recipe) -> Path:
    """The folder of the recipe's pack, made now if it is not in the cache."""
    return cache.kept(f"pack-{recipe.name}", lambda folder: _build(recipe, folder), _code_digest())


def _build(recipe: Recipe, folder: Path) -> None:
    build(recipe, folder)


def _code_digest() -> str:
    """Packs that other code made, or that another key signed, are made again."""
    room = Path(packs.__file__ or "").parent
    sources = [Path(__file__), Path(stubs.__file__), *(room / f"{name}.py" for name in _MAKERS)]
    sources += [room / "matching_rules.py", *sorted((room / "matching").glob("*.py"))]
    parts = [*(path.read_bytes() for path in sources), own_key().public.pem.encode()]
    return hashlib.sha256(b"".join(parts)).hexdigest()[:12]


def build(recipe: Recipe, folder: Path) -> Manifest:
    """Write the pack into an existing folder. The order is that of publishing; there are no links to mine."""
    bodies: dict[str, int] = {}
    shaped: list[Row] = []
    rows = _rows(recipe, bodies, shaped)
    resources = [
        _write(folder, "exchanges", EXCHANGES, rows),
        _write(folder, "bodies", BODIES, _body_rows(recipe, bodies)),
        _write(folder, "links", LINKS, []),
        _write(folder, "bindings", BINDINGS, []),
        _write(folder, "shape", SHAPE, shape_rows(shaped)),
        _write(folder, "matching", MATCHING, _matching_rows(recipe, shaped)),
        _write(folder, "messages", MESSAGES, []),
    ]
    certificate = hand_made_certificate(digest_json({"synthetic": recipe.name}))
    certificate.write(folder / CERTIFICATE_FILE)
    resources = sorted(resources, key=lambda resource: resource.path)
    manifest = _manifest(recipe, shaped, certificate, (*resources, _certificate_resource(folder, certificate))).sealed()
    manifest.write(folder)
    attest_published(PACK, folder, manifest, certificate)
    return manifest


def _rows(recipe: Recipe, bodies: dict[str, int], shaped: list[Row]) -> Iterator[Row]:
    """Rows in order. Of bodies only the number of an exchange that has it is kept, by hash: they are made twice."""
    for number in range(recipe.count):
        held: dict[str, bytes] = {}
        row = pack_row(recipe.exchange(number), EPOCH_US, EXACT, held)
        bodies.update(dict.fromkeys(held, number))
        shaped.append({name: row[name] for name in _SHAPED})
        yield row


def _matching_rows(recipe: Recipe, shaped: list[Row]) -> list[Row]:
    recorded = (Recorded.of(recipe.exchange(number), EXACT) for number in range(recipe.count))
    return matching_rows(recorded, {row["endpoint"] for row in shaped}, EXACT)


def _body_rows(recipe: Recipe, bodies: dict[str, int]) -> Iterator[Row]:
    for digest, number in sorted(bodies.items()):
        held: dict[str, bytes] = {}
        pack_row(recipe.exchange(number), EPOCH_US, EXACT, held)
        yield {"hash": digest, "size": len(held[digest]), "content": held[digest]}


def _write(folder: Path, name: str, schema: pa.Schema, rows: Iterable[Row]) -> Resource:
    path = folder / f"{name}.parquet"
    count = write_batches(schema, _batches(schema, iter(rows)), path, {"smartsandbox.pack": name})
    return Resource(path.name, count, content_digest(_read_back(path)), digest_file(path), path.stat().st_size)


def _batches(schema: pa.Schema, rows: Iterator[Row]) -> Iterator[pa.RecordBatch]:
    while batch := list(islice(rows, _BATCH)):
        yield pa.RecordBatch.from_pylist(batch, schema)


def _read_back(path: Path) -> Sequence[Row]:
    """The rows on disk as a stream; the digest only goes through them once."""
    file = pq.ParquetFile(path)
    return cast("Sequence[Row]", chain.from_iterable(batch.to_pylist() for batch in file.iter_batches(_BATCH)))


def _certificate_resource(folder: Path, certificate: Certificate) -> Resource:
    path = folder / CERTIFICATE_FILE
    return Resource(path.name, 1, certificate.digest, digest_file(path), path.stat().st_size)


def _manifest(recipe: Recipe, shaped: list[Row], certificate: Certificate, resources: tuple[Resource, ...]) -> Manifest:
    return Manifest(
        name=recipe.name,
        version="",
        template="full",
        service="bench",
        seed=0,
        inputs={
            "trace": certificate.content_digest,
            "certificate": certificate.digest,
            "policy": certificate.policy_digest,
        },
        anonymised=certificate.anonymised,
        matching=EXACT,
        span_us=shaped[-1]["offset_us"] if shaped else 0,
        counts={
            "exchanges": recipe.count,
            "sessions": len({_lane(number) for number in range(recipe.count)}),
            "endpoints": len({row["endpoint"] for row in shaped}),
            "errors": sum(is_error(row["status"], row["failure"]) for row in shaped),
            "messages": 0,
        },
        ledger=Ledger(kept=recipe.count).to_json(),
        tools={"smartsandbox": version("smartsandbox"), "pyarrow": pa.__version__},
        resources=resources,
    )
