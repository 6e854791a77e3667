"""A HAR with WebSockets, all the way: imported, a policy drafted, anonymised, published, served and driven."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from smartsandbox.anonymize.apply import anonymize_trace
from smartsandbox.anonymize.keys import GivenKey
from smartsandbox.anonymize.suggest import suggest_policy
from smartsandbox.packs.capture.imports import import_captures
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.publish import Draft, publish_pack
from smartsandbox.packs.trace import RAW, write_trace
from smartsandbox.replay_engine.self_replay import self_replay

NAMES = ("ann", "bob", "cid", "dee", "eve", "fay", "gus", "hal")
START = 1_772_452_800.0


def har(number: int, name: str) -> dict[str, Any]:
    """One client: it asks who it is, and follows its account on a WebSocket."""
    begun = START + 10 * number
    mail = f"{name}.marlowe@oakmoor.co.uk"
    said = [
        ("receive", 0.1, {"type": "hello"}),
        ("send", 0.2 + number / 100, {"type": "follow", "email": mail}),
        ("receive", 0.4, {"type": "balance", "email": mail, "amount": 100 + number}),
    ]
    messages = [
        {"type": kind, "time": begun + 1 + at, "opcode": 1, "data": json.dumps(value)} for kind, at, value in said
    ]
    return {
        "log": {
            "version": "1.2",
            "entries": [
                entry(begun, "https://api.tidewater.test/v1/me", {"email": mail}),
                {**entry(begun + 1, "wss://api.tidewater.test/v1/feed", None), "_webSocketMessages": messages},
            ],
        }
    }


def entry(at: float, url: str, body: dict[str, str] | None) -> dict[str, Any]:
    seconds = at - START
    answer = {"status": 200, "headers": [{"name": "Content-Type", "value": "application/json"}], "statusText": "OK"}
    opened = {
        "status": 101,
        "headers": [{"name": "Upgrade", "value": "websocket"}],
        "statusText": "Switching Protocols",
    }
    return {
        "startedDateTime": f"2026-03-02T12:{int(seconds) // 60:02d}:{seconds % 60:06.3f}Z",
        "time": 2,
        "timings": {"send": 0, "wait": 1, "receive": 1},
        "request": {"method": "GET", "url": url, "headers": []},
        "response": {**opened, "content": {}} if body is None else {**answer, "content": {"text": json.dumps(body)}},
    }


@pytest.mark.slow
def test_messages_go_all_the_way_and_no_name_does(tmp_path: Path) -> None:
    for number, name in enumerate(NAMES):
        (tmp_path / f"{name}.har").write_text(json.dumps(har(number, name)))
    exchanges, ledger = import_captures([tmp_path / f"{name}.har" for name in NAMES])
    raw = write_trace(tmp_path / "raw", exchanges, RAW, ledger)
    policy = replace(suggest_policy(raw, 5), test_accounts="made up for this test")
    safe = anonymize_trace(raw, policy, GivenKey("07" * 32).key(), tmp_path / "safe")
    publish_pack(safe, Draft("feed"), tmp_path / "pack")
    pack = Pack.open(tmp_path / "pack")

    assert pack.manifest.counts["messages"] == 24
    assert list(pack.verify()) == []
    whole = b"".join(file.read_bytes() for file in (tmp_path / "pack").iterdir())
    said = b" ".join(one.payload for messages in pack.messages().values() for one in messages)
    assert b"oakmoor" not in whole + said
    assert said.count(b'"type": "hello"') == 8
    found = self_replay(pack)
    assert (found.exchanges, found.matches, found.differs) == (16, 16, {})
