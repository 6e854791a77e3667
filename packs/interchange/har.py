"""A pack as HAR 1.2. Dates are counted from the year 2000, since a pack has no dates of its own."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import orjson

from smartsandbox.packs.interchange.base import Exported, banner, text_file
from smartsandbox.packs.interchange.entries import as_text, entries
from smartsandbox.packs.model import (
    LOST,
    Exchange,
    FailureKind,
    Headers,
    Message,
    MessageKind,
    Request,
    Response,
    header,
)
from smartsandbox.packs.pack import Pack

START = datetime(2000, 1, 1, tzinfo=UTC)
_OPCODES = {MessageKind.TEXT: 1, MessageKind.BINARY: 2, MessageKind.CLOSE: 8}
_ERRORS = {
    FailureKind.RESET: "net::ERR_CONNECTION_RESET",
    FailureKind.TIMEOUT: "net::ERR_TIMED_OUT",
    FailureKind.TRUNCATED: "net::ERR_CONTENT_LENGTH_MISMATCH",
    FailureKind.CONNECT: "net::ERR_CONNECTION_REFUSED",
    FailureKind.UNANSWERED: "net::ERR_FAILED",
}


def write_har(pack: Pack, path: Path) -> Exported:
    """Write every exchange; one that failed has status 0 and an error. Sessions and endpoints stand beside the rest."""
    done = Exported((path,))
    with text_file(path) as out:
        creator = orjson.dumps({"name": "SmartSandbox", "version": pack.manifest.version}).decode()
        comment = orjson.dumps(banner(pack)).decode()
        out.write(f'{{"log":{{"version":"1.2","creator":{creator},"comment":{comment},"entries":[')
        for entry in entries(pack):
            out.write(",\n" if done.written else "\n")
            out.write(orjson.dumps(_entry(entry.exchange)).decode())
            done.written += 1
        out.write("\n]}}\n")
    return done


def _entry(exchange: Exchange) -> dict[str, Any]:
    first, total = _milliseconds(exchange)
    response = _response(exchange.response)
    if exchange.failure is not None:
        response["_error"] = _ERRORS[exchange.failure]
    said = {} if exchange.messages is None else {"_webSocketMessages": _messages(exchange)}
    return {
        "startedDateTime": (START + timedelta(microseconds=exchange.started_us)).isoformat(),
        "time": max(total, 0),
        "request": _request(exchange.request),
        "response": response,
        "cache": {},
        "timings": {"send": 0, "wait": first if first >= 0 else max(total, 0), "receive": _rest(first, total)},
        "_session": exchange.session,
        "_endpoint": exchange.endpoint,
        "_exchange": exchange.id,
        **said,
    }


def _messages(exchange: Exchange) -> list[dict[str, Any]]:
    """As Chrome writes them, and the end as a frame like the others; one that no frame announced is an error."""
    opened = START.timestamp() + (exchange.started_us + (exchange.ttfb_us or exchange.total_us or 0)) / 1e6
    return [_message(one, opened + one.at_us / 1e6) for one in exchange.messages or ()]


def _message(one: Message, seconds: float) -> dict[str, Any]:
    payload, opcode = one.payload, _OPCODES[one.kind]
    kind = "send" if one.sent else "receive"
    if one.kind is MessageKind.CLOSE:
        kind = "error" if one.code == LOST else kind
        payload = b"" if one.code is None else one.code.to_bytes(2, "big") + payload
    data = payload.decode() if one.kind is MessageKind.TEXT else base64.b64encode(payload).decode()
    return {"type": kind, "time": seconds, "opcode": opcode, "data": data}


def _milliseconds(exchange: Exchange) -> tuple[float, float]:
    """To the first byte and to the last, -1 where unknown."""
    first, total = exchange.ttfb_us, exchange.total_us
    return -1 if first is None else first / 1000, -1 if total is None else total / 1000


def _rest(first: float, total: float) -> float:
    return total - first if 0 <= first <= total else 0


def _request(request: Request) -> dict[str, Any]:
    made: dict[str, Any] = {
        "method": request.method,
        "url": f"{request.scheme}://{request.host}{request.target}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _lines(request.headers),
        "queryString": [{"name": n, "value": v} for n, v in parse_qsl(request.query, keep_blank_values=True)],
        "headersSize": -1,
        "bodySize": len(request.body),
    }
    if request.body:
        made["postData"] = {"mimeType": header(request.headers, "content-type") or "", **_content(request.body)}
    return made


def _response(response: Response | None) -> dict[str, Any]:
    answered = response or Response(0)
    kind = header(answered.headers, "content-type") or ""
    return {
        "status": answered.status if response else 0,
        "statusText": answered.reason,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _lines(answered.headers),
        "content": {"size": len(answered.body), "mimeType": kind, **_content(answered.body)},
        "redirectURL": header(answered.headers, "location") or "",
        "headersSize": -1,
        "bodySize": len(answered.body),
    }


def _lines(headers: Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _content(body: bytes) -> dict[str, str]:
    text = as_text(body)
    return {"text": text} if text is not None else {"text": base64.b64encode(body).decode(), "encoding": "base64"}
