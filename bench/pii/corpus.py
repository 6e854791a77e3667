"""The labelled trace: endpoints with fields of known classes in every place and ten encodings, decoys between them.

Every endpoint has its own fields and is called many times, each time by another person. What was planted is known by
exchange, place and value, and so is what would be harmless to publish.
"""

from __future__ import annotations

import base64
import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from bench.pii.values import Source, words
from smartsandbox.packs.model import Exchange, Request, Response

START_US = 1_700_000_000_000_000
AREAS = words("payments billing shipping support account catalog identity messaging reports partners")
RESOURCES = words("orders invoices customers devices sessions addresses refunds contacts requests events tickets plans")
ENDPOINTS, CALLS, FIELDS, DECOYS = len(AREAS) * len(RESOURCES), 14, 6, 5
PARENTS = ("", "customer", "billing", "shipping", "owner", "payer", "data", "attributes", "kunde", "recipients")
PLACES = ("response body", "response body", "response body", "request body", "query", "request header",
          "response header", "cookie", "path")  # fmt: skip


def _basic_jwt(payload: dict[str, str]) -> str:
    parts = [b'{"alg":"HS256"}', json.dumps(payload).encode(), b"signature of the benchmark"]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def _xml(payload: dict[str, str]) -> str:
    inner = "".join(f"<{name}>{value.replace('&', '&amp;')}</{name}>" for name, value in payload.items())
    return f"<record>{inner}</record>"


def _text(payload: dict[str, str]) -> str:
    return json.dumps(payload, ensure_ascii=False)


ENCODINGS: dict[str, Callable[[dict[str, str]], str]] = {
    "json": _text,
    "json twice": lambda payload: json.dumps(_text(payload)),
    "percent": lambda payload: quote(_text(payload), safe=""),
    "form": lambda payload: urlencode({"v": "1", **payload}),
    "base64": lambda payload: base64.b64encode(_text(payload).encode()).decode(),
    "base64url": lambda payload: base64.urlsafe_b64encode(_text(payload).encode()).decode().rstrip("="),
    "jwt": _basic_jwt,
    "xml": _xml,
    "gzip in base64": lambda payload: base64.b64encode(gzip.compress(_text(payload).encode(), mtime=0)).decode(),
}
"""Nine, and "plain" is the tenth."""

DECOY_VALUES: dict[str, tuple[Any, ...]] = {
    "status": ("pending", "settled", "partially_refunded", "awaiting_carrier_pickup"),
    "currency": ("usd", "eur", "sek", "idr"),
    "amount": (1999, 250, 4200, 12),
    "quantity": (1, 2, 3, 12),
    "enabled": (True, False),
    "object": ("invoice", "charge", "shipment_label"),
    "locale": ("en-US", "de-DE", "pt-BR"),
    "retry_count": (0, 1, 2),
    "tier": ("gold", "silver", "bronze"),
    "failure_code": ("insufficient_funds", "card_declined", "expired_token"),
    "schema_version": ("2.1.0", "2.1.0"),
    "weight_grams": (120, 450.5, 80),
    "shipping_method": ("standard", "express", "pickup_point"),
    "time_zone": ("Europe/Berlin", "America/New_York"),
    "carrier_service": ("ground_saver", "next_day_air"),
    "content_kind": ("application/json", "text/csv"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Label:
    """A planted value: `group` says whose the field's name is; decoys have no class."""

    exchange: int
    place: str
    class_name: str
    encoding: str
    group: str
    name: str
    value: str


@dataclass(slots=True)
class Corpus:
    """The exchanges, and what was planted in them: structured fields, free texts and decoys."""

    exchanges: list[Exchange] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    texts: list[Label] = field(default_factory=list)
    decoys: list[Label] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Field:
    class_name: str
    group: str
    name: str
    parent: str
    place: str
    encoding: str


def build(names: dict[str, dict[str, list[str]]], source: Source, seed: int) -> Corpus:
    """The same corpus for the same names, source and seed."""
    draw = random.Random(seed)
    corpus = Corpus()
    for number in range(ENDPOINTS):
        fields = _fields(names, draw, number)
        decoys = draw.sample(sorted(DECOY_VALUES), DECOYS)
        for call in range(CALLS):
            _call(corpus, source, draw, number, call, fields, decoys)
    return corpus


def _fields(names: dict[str, dict[str, list[str]]], draw: random.Random, number: int) -> list[_Field]:
    groups = [group for group in ("plain", "foreign", "contracts") if names.get(group)]
    chosen: list[_Field] = []
    taken: set[str] = set()
    for at in range(FIELDS):
        group = groups[(number + at) % len(groups)]
        class_name = draw.choice(sorted(names[group]))
        name = draw.choice(names[group][class_name])
        place = draw.choice(PLACES)
        if name.lower() in taken or (place == "path" and any(one.place == "path" for one in chosen)):
            continue
        taken.add(name.lower())
        encoding = draw.choice(("plain", *ENCODINGS)) if place != "path" else "plain"
        chosen.append(_Field(class_name, group, name, draw.choice(PARENTS), place, encoding))
    return chosen


@dataclass(slots=True)
class _Parts:
    bodies: dict[str, dict[str, Any]] = field(default_factory=lambda: {"request body": {}, "response body": {}})
    query: list[tuple[str, str]] = field(default_factory=list)
    lines: dict[str, list[tuple[str, str]]] = field(
        default_factory=lambda: {"request header": [], "response header": []}
    )
    cookies: list[str] = field(default_factory=list)
    path: str = ""

    def put(self, one: _Field, written: str) -> None:
        """Write a field's text where it belongs; headers and cookies carry it percent-encoded if it is not ASCII."""
        safe = written if written.isascii() and not set(written) & set(';,"\n ') else quote(written, safe="")
        if one.place in self.bodies:
            self.inside(self.bodies[one.place], one.parent)[one.name] = written
        elif one.place == "query":
            self.query.append((one.name, written))
        elif one.place == "cookie":
            self.cookies.append(f"{one.name}={safe}")
        elif one.place == "path":
            self.path = quote(written, safe="")
        else:
            self.lines[one.place].append((f"X-{one.name.replace('_', '-')}", safe))

    def inside(self, body: dict[str, Any], parent: str) -> dict[str, Any]:
        """The object that a parent's fields stand in; "recipients" is a list of one."""
        if not parent:
            return body
        found = body.setdefault(parent, [{}] if parent.endswith("s") and parent != "attributes" else {})
        inner: dict[str, Any] = found[0] if isinstance(found, list) else found
        return inner


def _call(
    corpus: Corpus,
    source: Source,
    draw: random.Random,
    number: int,
    call: int,
    fields: list[_Field],
    decoys: list[str],
) -> None:
    at, parts = len(corpus.exchanges), _Parts()
    for one in fields:
        value = source.value(one.class_name, held_out=call % 2 == 1)
        parts.put(one, value if one.encoding == "plain" else ENCODINGS[one.encoding]({one.name: value}))
        corpus.labels.append(Label(at, one.place, one.class_name, one.encoding, one.group, one.name, value))
    for name in decoys:
        value = draw.choice(DECOY_VALUES[name])
        parts.bodies["response body"][name] = value
        corpus.decoys.append(Label(at, "response body", "", "plain", "decoy", name, json.dumps(value).strip('"')))
    if source.sentences:
        sentence = source.sentences[at % len(source.sentences)]  # in turn: the same text of many is public by design
        parts.bodies["response body"]["note"] = sentence.text
        corpus.texts += [
            Label(at, "response body", class_name, "free text", "corpus", "note", value)
            for class_name, value in sentence.spans
        ]
    corpus.exchanges.append(_exchange(at, number, call, parts))


def _exchange(at: int, number: int, call: int, parts: _Parts) -> Exchange:
    json_type = ("Content-Type", "application/json")
    cookie = [("Cookie", "; ".join(parts.cookies))] if parts.cookies else []
    sent = parts.bodies["request body"]
    resource = f"/v1/{AREAS[number // len(RESOURCES)]}/{RESOURCES[number % len(RESOURCES)]}"
    request = Request(
        method="POST" if sent else "GET",
        scheme="https",
        host="api.tidewater.test",
        path=f"{resource}/{parts.path}" if parts.path else resource,
        query=urlencode(parts.query),
        headers=(json_type, *parts.lines["request header"], *cookie),
        body=_text(sent).encode() if sent else b"",
    )
    answer = _text(parts.bodies["response body"]).encode()
    return Exchange(
        id=f"ex_{at:06d}",
        service="tidewater",
        started_us=START_US + at * 1_000_000,
        request=request,
        response=Response(200, "OK", (json_type, *parts.lines["response header"]), answer),
        ttfb_us=1_000,
        total_us=2_000,
        session=f"s_{call}_{number}",
        source=f"benchmark#{at}",
    )
