"""A pack as a Hoverfly simulation (schema v5.2).

Exchanges that Hoverfly cannot tell apart follow one another through a state whose name begins with "sequence:", which
Hoverfly itself starts at 1. It can neither break a connection nor keep silent, so failures are left out and counted.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

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
from smartsandbox.packs.model import Request, Response, header
from smartsandbox.packs.pack import Pack

NO_FAULTS = "it ended without an answer, which a simulation cannot express"
_SCHEMA = "v5.2"


def write_simulation(pack: Pack, path: Path) -> Exported:
    """Write a pair for each answered exchange, with its recorded delay."""
    done = Exported((path,))
    turns = Turns(entry for entry in http_entries(pack) if entry.exchange.failure is None)
    with text_file(path) as out:
        out.write('{"data":{"pairs":[')
        for entry in http_entries(pack, done):
            response = entry.exchange.response
            if entry.exchange.failure is not None or response is None:
                done.leave_out(NO_FAULTS)
                continue
            pair = _pair(entry, response, turns.take(entry), pack)
            out.write(",\n" if done.written else "\n")
            out.write(orjson.dumps(pair).decode())
            done.written += 1
        meta = {"schemaVersion": _SCHEMA, "hoverflyVersion": "", "timeExported": "2000-01-01T00:00:00Z"}
        out.write('\n],"globalActions":{"delays":[],"delaysLogNormal":[]}},')
        out.write(f'"meta":{orjson.dumps(meta).decode()}}}\n')
    return done


def _pair(entry: Entry, response: Response, turn: Turn, pack: Pack) -> dict[str, Any]:
    asked = _asked(entry.exchange.request, pack.manifest.matching.volatile_query, turn.is_shared)
    answer = _answer(response, entry.exchange.total_us, banner(pack))
    if turn.length > 1:
        state = f"sequence:{entry.key[:12]}-{entry.caller or 'anyone'}"
        asked["requiresState"] = {state: str(turn.place + 1)}
        if turn.place + 1 < turn.length:
            answer["transitionsState"] = {state: str(turn.place + 2)}
    return {"request": asked, "response": answer}


def _asked(request: Request, volatile: frozenset[str], is_shared: bool) -> dict[str, Any]:
    query = query_values(request.query, volatile)
    asked: dict[str, Any] = {
        "method": _exact(request.method),
        "path": _exact(request.path),
        "query": {name: [_matcher(values)] for name, values in query.items()},
        "body": [_body(request)],
    }
    token = header(request.headers, "authorization")
    return {**asked, "headers": {"Authorization": _exact(token)}} if is_shared and token else asked


def _exact(value: str) -> list[dict[str, Any]]:
    return [{"matcher": "exact", "value": value}]


def _matcher(values: list[str]) -> dict[str, Any]:
    return {"matcher": "exact", "value": values[0]} if len(values) == 1 else {"matcher": "array", "value": values}


def _body(request: Request) -> dict[str, Any]:
    text = request.body.decode("utf-8", "replace")
    return {"matcher": "json" if is_json(request.body) else "exact", "value": text}


def _answer(response: Response, total_us: int | None, label: str) -> dict[str, Any]:
    text = as_text(response.body)
    answer: dict[str, Any] = {
        "status": response.status,
        "body": base64.b64encode(response.body).decode() if text is None else text,
        "encodedBody": text is None,
        "headers": {**values_by_name(for_peers(response.headers)), "X-Sandbox": [label]},
        "templated": False,
    }
    return {**answer, "fixedDelay": round(total_us / 1000)} if total_us else answer
