"""Shipped helpers for tests and trials: exchanges by hand, certified traces and packs made from them.

The certificate that is minted here says `anonymised: False` and names itself, so that nothing made with these helpers
can pass for anonymised traffic. Use it for invented data only. The seat's own key signs, as it signs everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from smartsandbox.packs.bounds import REQUIRED
from smartsandbox.packs.canonical import canonical_json
from smartsandbox.packs.certificate import CERTIFICATE_FILE, Certificate, SafeTrace, Verdict, write_certified
from smartsandbox.packs.endpoints import EndpointTable, infer_endpoints
from smartsandbox.packs.guard import PACK, attest_published
from smartsandbox.packs.manifest import Manifest
from smartsandbox.packs.matching_rules import EXACT, Matching
from smartsandbox.packs.model import Exchange, FailureKind, Headers, Ledger, Message, MessageKind, Request, Response
from smartsandbox.packs.pack import LATER, Pack
from smartsandbox.packs.publish import Draft, publish_pack
from smartsandbox.packs.trace import ANONYMISED, write_trace

EPOCH_US = 1_700_000_000_000_000
"""The start of hand-made traces: 2023-11-14T22:13:20Z."""

JSON: Headers = (("Content-Type", "application/json"),)


def a_request(
    method: str = "GET",
    target: str = "/v1/ping",
    *,
    json: Any = None,
    body: bytes = b"",
    headers: Headers = (),
    host: str = "api.example.com",
) -> Request:
    """A request to `target` (path, and query after "?"); `json` is sent as its canonical bytes."""
    path, _, query = target.partition("?")
    if json is not None:
        headers, body = (*headers, *JSON), canonical_json(json)
    return Request(method, "https", host, path, query, headers, body)


def a_response(
    status: int = 200, *, json: Any = None, body: bytes = b"", headers: Headers = (), reason: str = "OK"
) -> Response:
    """A response; `json` is answered as its canonical bytes."""
    if json is not None:
        headers, body = (*headers, *JSON), canonical_json(json)
    return Response(status, reason, headers, body)


def an_exchange(
    name: str,
    request: Request,
    response: Response | None = None,
    *,
    at_us: int = 0,
    session: str | None = "s1",
    failure: FailureKind | None = None,
    ttfb_us: int | None = 1_000,
    total_us: int | None = 2_000,
    endpoint: str | None = None,
) -> Exchange:
    """An exchange that began `at_us` microseconds after EPOCH_US. The endpoint is set later if it is None here."""
    return Exchange(
        id=name,
        service="sample",
        started_us=EPOCH_US + at_us,
        request=request,
        response=response,
        failure=failure,
        ttfb_us=ttfb_us,
        total_us=total_us,
        session=session,
        endpoint=endpoint,
    )


_OFFER: Headers = (("Upgrade", "websocket"), ("Connection", "Upgrade"))


def a_socket(
    name: str,
    messages: Iterable[Message],
    target: str = "/v1/feed",
    *,
    headers: Headers = _OFFER,
    at_us: int = 0,
    session: str | None = "s1",
) -> Exchange:
    """An exchange that opened a WebSocket, and what was said on it; `headers` are those of the answer."""
    opened = a_response(101, headers=headers, reason="Switching Protocols")
    asked = a_request("GET", target, headers=_OFFER)
    return replace(
        an_exchange(name, asked, opened, at_us=at_us, session=session, total_us=1_000), messages=tuple(messages)
    )


def sent(at_us: int, value: Any) -> Message:
    """The client's message: a text as it is, bytes as binary, anything else as JSON."""
    return _message(True, at_us, value)


def received(at_us: int, value: Any) -> Message:
    """The server's."""
    return _message(False, at_us, value)


def closed(at_us: int, code: int | None = 1000, reason: str = "", *, by_client: bool = False) -> Message:
    """The end of a connection."""
    return Message(by_client, at_us, MessageKind.CLOSE, reason.encode(), code)


def _message(is_sent: bool, at_us: int, value: Any) -> Message:
    if isinstance(value, bytes):
        return Message(is_sent, at_us, MessageKind.BINARY, value)
    payload = value.encode() if isinstance(value, str) else canonical_json(value)
    return Message(is_sent, at_us, MessageKind.TEXT, payload)


def with_endpoints(exchanges: Iterable[Exchange]) -> list[Exchange]:
    """The same exchanges with every missing endpoint inferred from all of their paths."""
    items = list(exchanges)
    table = infer_endpoints((item.request.method, item.request.path) for item in items)
    return [item if item.endpoint else replace(item, endpoint=_name(table, item.request)) for item in items]


def _name(table: EndpointTable, request: Request) -> str | None:
    bound = table.match(request.method, request.path)
    return bound.name if bound else None


def hand_made_certificate(content_digest: str) -> Certificate:
    """A certificate that passes and is marked as not anonymised."""
    verdict = Verdict("hand-made test data", "none", True, "invented values, nothing was checked", {}, {})
    return Certificate(content_digest, "hand-made", False, "none", (verdict,), {})


def hand_made_verdicts() -> tuple[Verdict, ...]:
    """A verdict that passed for each check that an anonymised trace's certificate must have; nothing was checked."""
    numbers: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "decisions complete": ({"undecided": 0}, {"leaves": 1}),
        "k-anonymity": ({"k": 5}, {"population": 9}),
        "surrogates one to one": ({"collisions": 0, "equal_to_source": 0}, {"collisions": 0, "equal_to_source": 0}),
        "k^m-anonymity": ({"k": 5, "m": 2, "rare": 0}, {"rare": 0, "people": 9}),
        "numbers in bands": ({"k": 5}, {"smallest_band": 0}),
        "leak scan": ({"hits": 0}, {"hits": 0}),
        "identifying forms": ({"hits": 0}, {"hits": 0}),
    }
    attack: tuple[dict[str, Any], dict[str, Any]] = (
        {"risk": 0.2},
        {"risk": 0.0, "risk_low": 0.0, "risk_high": 0.2, "attempts": 9, "control_attempts": 9},
    )
    return tuple(
        Verdict(check, "singling out", True, "hand-made: nothing was checked", *numbers.get(check, attack))
        for check in REQUIRED
    )


def certified_trace(folder: Path, exchanges: Iterable[Exchange]) -> SafeTrace:
    """Write exchanges as an anonymised trace with `hand_made_certificate`, and open it."""
    items = with_endpoints(exchanges)
    trace = write_trace(folder, items, ANONYMISED, Ledger(kept=len(items)))
    write_certified(folder, hand_made_certificate(trace.digest))
    return SafeTrace.open(folder)


def make_pack(
    folder: Path, exchanges: Iterable[Exchange], name: str = "sample", *, matching: Matching = EXACT, seed: int = 0
) -> Pack:
    """Publish exchanges as a pack in `folder/pack` (their trace stays in `folder/trace`), and open it."""
    safe = certified_trace(folder / "trace", exchanges)
    publish_pack(safe, Draft(name, seed=seed, matching=matching), folder / "pack")
    return Pack.open(folder / "pack")


def as_of(folder: Path, number: int) -> Pack:
    """A pack as an older format had it, without the files that came later, and opened."""
    manifest = Manifest.read(folder)
    later = [name for since, name in LATER if since > number]
    for name in later:
        (folder / name).unlink()
    kept = tuple(item for item in manifest.resources if item.path not in later)
    older = replace(manifest, resources=kept, format=number, digest="").sealed()
    older.write(folder)
    attest_published(PACK, folder, older, Certificate.read(folder / CERTIFICATE_FILE))
    return Pack.open(folder)
