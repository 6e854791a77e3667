"""A pack as WireMock mappings: one file for `mappings/`, or for POST /__admin/mappings/import.

Exchanges that WireMock cannot tell apart follow one another as the states of a scenario. It knows no sessions, so the
answers of two sessions to one request come in the order in which they were recorded.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson

from smartsandbox.packs.interchange.base import Exported, banner, text_file
from smartsandbox.packs.interchange.entries import (
    Entry,
    Turn,
    Turns,
    as_text,
    for_peers,
    http_entries,
    is_json,
    query_values,
    values_by_name,
)
from smartsandbox.packs.model import Exchange, FailureKind, Request, header
from smartsandbox.packs.pack import Pack

_FAULTS = {
    FailureKind.RESET: "CONNECTION_RESET_BY_PEER",
    FailureKind.CONNECT: "CONNECTION_RESET_BY_PEER",
    FailureKind.TRUNCATED: "MALFORMED_RESPONSE_CHUNK",
    FailureKind.TIMEOUT: "EMPTY_RESPONSE",
    FailureKind.UNANSWERED: "EMPTY_RESPONSE",
}
_STARTED = "Started"


def write_mappings(pack: Pack, path: Path) -> Exported:
    """Write a mapping for each exchange, with its recorded delay; failures become WireMock's faults."""
    done, turns = Exported((path,)), Turns(http_entries(pack))
    with text_file(path) as out:
        out.write(f'{{"meta":{{"comment":{orjson.dumps(banner(pack)).decode()}}},"mappings":[')
        for entry in http_entries(pack, done):
            mapping = _mapping(entry, turns.take(entry), pack.manifest.matching.volatile_query)
            out.write(",\n" if done.written else "\n")
            out.write(orjson.dumps(mapping).decode())
            done.written += 1
        out.write("\n]}\n")
    return done


def _mapping(entry: Entry, turn: Turn, volatile: frozenset[str]) -> dict[str, Any]:
    exchange = entry.exchange
    return {
        "id": str(uuid5(NAMESPACE_URL, exchange.id)),
        "name": f"{entry.endpoint} {exchange.id}",
        "request": _asked(exchange.request, volatile, turn.is_shared),
        "response": _answer(exchange),
        "metadata": {"test_only": True, "exchange": exchange.id, "session": exchange.session},
        **_state(entry, turn),
    }


def _state(entry: Entry, turn: Turn) -> dict[str, Any]:
    """The place in a scenario, for one of several that cannot be told apart; the last stays."""
    if turn.length == 1:
        return {}
    state = {
        "scenarioName": f"{entry.endpoint} {entry.key[:12]} {entry.caller or 'anyone'}",
        "requiredScenarioState": _STARTED if turn.place == 0 else str(turn.place),
    }
    return state if turn.place + 1 == turn.length else {**state, "newScenarioState": str(turn.place + 1)}


def _asked(request: Request, volatile: frozenset[str], is_shared: bool) -> dict[str, Any]:
    asked: dict[str, Any] = {"method": request.method, "urlPath": request.path}
    query = query_values(request.query, volatile)
    if query:
        asked["queryParameters"] = {name: _values(values) for name, values in query.items()}
    if request.body:
        asked["bodyPatterns"] = [_body(request)]
    token = header(request.headers, "authorization")
    if is_shared and token:
        asked["headers"] = {"Authorization": {"equalTo": token}}
    return asked


def _values(values: list[str]) -> dict[str, Any]:
    matchers = [{"equalTo": value} for value in values]
    return matchers[0] if len(matchers) == 1 else {"hasExactly": matchers}


def _body(request: Request) -> dict[str, Any]:
    text = as_text(request.body)
    if text is None:
        return {"binaryEqualTo": base64.b64encode(request.body).decode()}
    return {"equalToJson": text} if is_json(request.body) else {"equalTo": text}


def _answer(exchange: Exchange) -> dict[str, Any]:
    delay = {"fixedDelayMilliseconds": round(exchange.total_us / 1000)} if exchange.total_us else {}
    if exchange.failure is not None:
        return {"fault": _FAULTS[exchange.failure], **delay}
    assert exchange.response is not None
    response = exchange.response
    found = values_by_name(for_peers(response.headers))
    headers = {name: values[0] if len(values) == 1 else values for name, values in found.items()}
    answer: dict[str, Any] = {"status": response.status, "headers": headers, **delay}
    if response.reason:
        answer["statusMessage"] = response.reason
    text = as_text(response.body)
    if text is None:
        answer["base64Body"] = base64.b64encode(response.body).decode()
    elif text:
        answer["body"] = text
    return answer
