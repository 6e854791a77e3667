"""Publish: a certified trace, cut by a template, becomes a pack folder.

Everything here is a function of (trace rows, certificate, draft, code version), and the signature of the key as well:
two runs, on any machine and in any input order, give equal digests and, under one tool set and one key, equal bytes.
The folder is written aside and renamed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from smartsandbox.packs.aside import written_aside
from smartsandbox.packs.bindings import binding_rows
from smartsandbox.packs.canonical import canonical_json, digest_bytes, digest_file, digest_rows
from smartsandbox.packs.certificate import CERTIFICATE_FILE, SafeTrace
from smartsandbox.packs.errors import NotSafeError
from smartsandbox.packs.guard import PACK, attest_published
from smartsandbox.packs.key import credential_of
from smartsandbox.packs.keyring import own_key
from smartsandbox.packs.links import mine_links
from smartsandbox.packs.manifest import Manifest, Resource, checked_name
from smartsandbox.packs.matching.asked import Asked, asked_key
from smartsandbox.packs.matching.recorded import Recorded
from smartsandbox.packs.matching.table import matching_rows
from smartsandbox.packs.matching_rules import EXACT, Matching
from smartsandbox.packs.model import Exchange, Ledger
from smartsandbox.packs.parquet import write_table
from smartsandbox.packs.progress import Track, silent
from smartsandbox.packs.scenarios.checks import unrecorded
from smartsandbox.packs.scenarios.reading import parse_scenarios
from smartsandbox.packs.schema import (
    BINDINGS,
    BODIES,
    EXCHANGES,
    LINKS,
    MATCHING,
    MESSAGES,
    OPEN,
    SHAPE,
    header_rows,
    message_rows,
)
from smartsandbox.packs.shape import is_error, shape_rows
from smartsandbox.packs.signing import SigningKey
from smartsandbox.packs.slices import Arrivals, choose_window
from smartsandbox.packs.templates import Rule as TemplateRule
from smartsandbox.packs.templates import checked_rules, require_endpoints

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """What the publisher decides; the rest follows from the trace. An empty version becomes one from the digest."""

    name: str
    template: str = "full"
    version: str = ""
    seed: int = 0
    matching: Matching = field(default=EXACT)
    scenarios: dict[str, Any] = field(default_factory=dict)
    templates: list[TemplateRule] = field(default_factory=list)
    """As `templates.checked_rules` reads them."""


def publish_pack(
    safe: SafeTrace, draft: Draft, folder: Path, track: Track = silent, signing: SigningKey | None = None
) -> Manifest:
    """Write a pack into `folder`, replacing what is there, sign it, and return its manifest.

    `own_key()` signs where no key is given; nothing but `attestation.json` depends on the key. Raises NotSafeError or
    UntrustedError if the trace's certificate does not hold now, UsageError for a bad name or template.
    """
    checked_name(draft.name)
    key = signing or own_key()
    safe = SafeTrace.open(safe.trace.path)
    chosen, ledger = _cut(list(safe.trace.exchanges()), draft.template)
    rows, bodies = _rows(chosen, draft.matching, track)
    _check_scenarios(draft.scenarios, rows)
    require_endpoints(checked_rules(draft.templates, "templates"), {row["endpoint"] for row in rows})
    links = mine_links(chosen)
    tables = {
        "exchanges": (EXCHANGES, rows),
        "bodies": (BODIES, [{"hash": h, "size": len(b), "content": b} for h, b in sorted(bodies.items())]),
        "links": (LINKS, links),
        "bindings": (BINDINGS, list(binding_rows(chosen, links))),
        "shape": (SHAPE, shape_rows(rows)),
        "matching": (MATCHING, _matching_rows(chosen, draft.matching)),
        "messages": (MESSAGES, list(_message_rows(chosen))),
    }
    with written_aside(folder) as aside:
        resources = [_write(aside, name, schema, content) for name, (schema, content) in sorted(tables.items())]
        safe.certificate.write(aside / CERTIFICATE_FILE)
        resources.append(_certificate_resource(aside, safe))
        manifest = _manifest(safe, draft, chosen, tuple(resources), ledger).sealed()
        manifest.write(aside)
        attest_published(PACK, aside, manifest, safe.certificate, key)
    return manifest


def _check_scenarios(scenarios: dict[str, Any], rows: Sequence[Row]) -> None:
    """Raises UsageError for a scenario that answers with what the pack does not have."""
    answers = {(row["endpoint"], row["status"]) for row in rows if row["status"] and row["failure"] is None}
    unrecorded(parse_scenarios(scenarios), answers, {row["id"] for row in rows})


def _matching_rows(exchanges: Sequence[Exchange], matching: Matching) -> list[Row]:
    recorded = (Recorded.of(exchange, matching) for exchange in exchanges)
    return matching_rows(recorded, {exchange.endpoint for exchange in exchanges if exchange.endpoint}, matching)


def _message_rows(exchanges: Sequence[Exchange]) -> Iterator[Row]:
    opened = {"sent": False, "at_us": 0, "kind": OPEN, "payload": b"", "code": None}
    for row, exchange in enumerate(exchanges):
        if exchange.messages is not None:
            yield from ({"row": row, **one} for one in (opened, *message_rows(exchange.messages)))


def _cut(exchanges: Sequence[Exchange], template: str) -> tuple[list[Exchange], Ledger]:
    """The exchanges inside the template's window, and the ledger of those outside it."""
    start = exchanges[0].started_us if exchanges else 0
    offsets = np.array([exchange.started_us - start for exchange in exchanges], np.int64)
    errors = np.array([is_error(_status(exchange), exchange.failure) for exchange in exchanges], np.bool_)
    window = choose_window(template, Arrivals(offsets, errors))
    chosen = [exchange for exchange, at in zip(exchanges, offsets, strict=True) if window.start <= at < window.end]
    ledger = Ledger(kept=len(chosen))
    if len(chosen) < len(exchanges):
        ledger.drop("outside the template's window", len(exchanges) - len(chosen))
    return chosen, ledger


def _status(exchange: Exchange) -> int | None:
    return exchange.response.status if exchange.response else None


def _rows(exchanges: Sequence[Exchange], matching: Matching, track: Track) -> tuple[list[Row], dict[str, bytes]]:
    start = exchanges[0].started_us if exchanges else 0
    seen: Counter[bytes] = Counter()
    bodies: dict[str, bytes] = {}
    rows = []
    for exchange in track(exchanges, "keying exchanges", len(exchanges)):
        row = pack_row(exchange, start, matching, bodies)
        row["occurrence"] = seen[row["key"]]
        seen[row["key"]] += 1
        rows.append(row)
    return rows, bodies


def pack_row(exchange: Exchange, start_us: int, matching: Matching, bodies: dict[str, bytes]) -> Row:
    """One row of schema.EXCHANGES with occurrence 0; adds the bodies it needs to `bodies`, by hash."""
    if exchange.endpoint is None:
        raise NotSafeError(f"exchange {exchange.id} of a certified trace has no endpoint: anonymise again")
    request, response = exchange.request, exchange.response
    asked = Asked.of(request, matching.headers)
    return {
        "offset_us": exchange.started_us - start_us,
        "id": exchange.id,
        "session": exchange.session,
        "endpoint": exchange.endpoint,
        "method": request.method,
        "scheme": request.scheme,
        "host": request.host,
        "path": request.path,
        "query": request.query,
        "request_headers": header_rows(request.headers),
        "request_body": _stored(request.body, bodies),
        "key": asked_key(asked, matching),
        "occurrence": 0,
        "credential": credential_of(request.headers),
        "status": response.status if response else None,
        "reason": response.reason if response else None,
        "response_headers": header_rows(response.headers) if response else None,
        "response_body": _stored(response.body, bodies) if response else None,
        "failure": exchange.failure.value if exchange.failure else None,
        "ttfb_us": exchange.ttfb_us,
        "total_us": exchange.total_us,
        "caused_by": exchange.caused_by,
    }


def _stored(body: bytes, bodies: dict[str, bytes]) -> str | None:
    if not body:
        return None
    digest = digest_bytes(body)
    bodies[digest] = body
    return digest


def content_digest(rows: Sequence[Row]) -> str:
    """The digest of a file's rows. Bytes enter by their Latin-1 reading, which loses nothing."""
    return digest_rows(canonical_json({n: _plain(v) for n, v in row.items()}) for row in rows)


def _plain(value: Any) -> Any:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _write(folder: Path, name: str, schema: pa.Schema, rows: list[Row]) -> Resource:
    path = folder / f"{name}.parquet"
    table = pa.Table.from_pylist(rows, schema)
    write_table(table, path, {"smartsandbox.pack": name})
    # Read back through Arrow, so that the digest is over what a reader will see (float and int widths included).
    return Resource(path.name, len(rows), content_digest(table.to_pylist()), digest_file(path), path.stat().st_size)


def _certificate_resource(folder: Path, safe: SafeTrace) -> Resource:
    path = folder / CERTIFICATE_FILE
    return Resource(path.name, 1, safe.certificate.digest, digest_file(path), path.stat().st_size)


def _manifest(
    safe: SafeTrace, draft: Draft, chosen: Sequence[Exchange], resources: tuple[Resource, ...], ledger: Ledger
) -> Manifest:
    span = chosen[-1].started_us - chosen[0].started_us if chosen else 0
    return Manifest(
        name=draft.name,
        version=draft.version and checked_name(draft.version, "pack version"),
        template=draft.template,
        service=",".join(safe.trace.services),
        seed=draft.seed,
        inputs={
            "trace": safe.certificate.content_digest,
            "certificate": safe.certificate.digest,
            "policy": safe.certificate.policy_digest,
        },
        anonymised=safe.certificate.anonymised,
        matching=draft.matching,
        scenarios=draft.scenarios,
        templates=draft.templates,
        span_us=span,
        counts={
            "exchanges": len(chosen),
            "sessions": len({exchange.session for exchange in chosen}),
            "endpoints": len({exchange.endpoint for exchange in chosen}),
            "errors": sum(is_error(_status(exchange), exchange.failure) for exchange in chosen),
            "messages": sum(len(exchange.messages or ()) for exchange in chosen),
        },
        ledger=ledger.to_json(),
        tools={"smartsandbox": version("smartsandbox"), "pyarrow": pa.__version__},
        resources=resources,
    )
