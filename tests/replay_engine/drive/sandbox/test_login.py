"""Callers log in at the sandbox; requests go out with its tokens and signatures."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from smartsandbox.packs.errors import NotReadyError
from smartsandbox.packs.model import Exchange, Request, Response
from smartsandbox.packs.testing import JSON, a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.drive.driver import Driven, drive_pack
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.rules_file import read_rules
from smartsandbox.replay_engine.drive.target import resolve_target
from smartsandbox.replay_engine.testing_live import Live, record, running

RULES = """
format: 1
login:
  - method: POST
    path: /token
    headers: {Content-Type: application/json}
    body: '{"user": "tester-${CALLER}", "password": "${SANDBOX_PASSWORD}"}'
    token: /access_token
    into: header:authorization
sign:
  - hmac: header:x-hub-signature-256
    scheme: github
    key: SANDBOX_HOOK_SECRET
"""
ENVIRONMENT = {"SANDBOX_PASSWORD": "pass-w0rd", "SANDBOX_HOOK_SECRET": "hook-s3cret"}


class Guarded(Live):
    """Answers those who logged in, and takes signed hooks only."""

    def answer(self, request: Request) -> Response:
        found = self._guarded(request, {name.lower(): value for name, value in request.headers})
        self.seen.append((f"{request.method} {request.target}", found.status))
        return found

    def _guarded(self, request: Request, headers: dict[str, str]) -> Response:
        if request.path == "/token":
            asked = json.loads(request.body)
            if asked["password"] != "pass-w0rd":
                return self._json(401, {})
            self.tokens.add(f"tok-{asked['user']}")
            return self._json(200, {"access_token": f"tok-{asked['user']}"})
        if request.path == "/hook":
            expected = "sha256=" + hmac.new(b"hook-s3cret", request.body, hashlib.sha256).hexdigest()
            return self._json(200 if headers["x-hub-signature-256"] == expected else 403, {})
        token = headers.get("authorization", "").removeprefix("Bearer ")
        return self._json(200 if token in self.tokens else 401, {"you": token})


def exchanges() -> list[Exchange]:
    made = []
    for number, caller in enumerate(("alice", "bob", "alice")):
        request = a_request("GET", f"/me/{number}", headers=(("Authorization", f"Bearer recorded-{caller}"),))
        made.append(an_exchange(f"e{number}", request, a_response(json={"you": "x"}), at_us=number, session=caller))
    hook = a_request("POST", "/hook", json={"event": 1}, headers=(("X-Hub-Signature-256", "sha256=00"),))
    made.append(an_exchange("h", hook, a_response(200, headers=JSON, body=b"{}"), at_us=9, session="hooks"))
    return made


def driven(folder: Path, live: Live, environment: dict[str, str], **options: Any) -> Driven:
    pack = make_pack(folder, options.pop("recorded", None) or exchanges())
    (folder / "rules.yaml").write_text(RULES)
    with running(live) as url:
        rules = read_rules(folder / "rules.yaml", environment)
        return drive_pack(pack, resolve_target(url), DriveOptions(rules=rules, **options))


def test_each_recorded_caller_logs_in_once_and_its_requests_carry_the_token(tmp_path: Path) -> None:
    live = Guarded("x")
    outcomes = driven(tmp_path, live, ENVIRONMENT).outcomes

    assert [line for line, _ in live.seen].count("POST /token") == 2
    assert live.tokens == {"tok-tester-1", "tok-tester-2"}
    assert outcomes.status.tolist() == [200, 200, 200, 200]


def test_a_wrong_password_ends_the_run_before_it_starts(tmp_path: Path) -> None:
    with pytest.raises(NotReadyError, match="was answered 401: check the values") as caught:
        driven(tmp_path, Guarded("x"), {**ENVIRONMENT, "SANDBOX_PASSWORD": "wr0ng"})

    assert "wr0ng" not in str(caught.value)


def test_a_caller_whose_token_was_recorded_does_not_log_in(tmp_path: Path) -> None:
    live = Live("another")
    outcomes = driven(tmp_path, live, ENVIRONMENT, recorded=record(Live("recorded"))).outcomes

    assert not outcomes.differs.any()
    assert "POST /token" not in [line for line, _ in live.seen]


def test_an_answer_without_a_token_says_where_it_was_looked_for(tmp_path: Path) -> None:
    class Mute(Guarded):
        def _guarded(self, request: Request, headers: dict[str, str]) -> Response:
            return self._json(200, {"other": 1})

    with pytest.raises(NotReadyError, match="without a token at /access_token"):
        driven(tmp_path, Mute("x"), ENVIRONMENT)
