"""Whose state is whose: sessions, credentials and runs."""

from __future__ import annotations

import http.client
from pathlib import Path

import pytest

from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.drive.driver import drive_pack
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.target import resolve_target
from smartsandbox.replay_engine.report.build import build_report
from smartsandbox.replay_engine.serve.naming import ANONYMOUS, session_name
from smartsandbox.replay_engine.testing import serving


@pytest.mark.parametrize(
    ("session", "credential", "run", "expected"),
    [
        ("a", "c", None, "session a"),
        (None, "c", None, "credential c"),
        (None, None, None, ANONYMOUS),
        ("a", None, "7", "run 7 session a"),
        (None, "c", "7", "run 7 credential c"),
        (None, None, "7", f"run 7 {ANONYMOUS}"),
    ],
)
def test_state_belongs_to_the_session_else_the_credential_within_the_run(
    session: str | None, credential: str | None, run: str | None, expected: str
) -> None:
    assert session_name(session, credential, run) == expected


def test_each_run_begins_with_the_first_answer(tmp_path: Path) -> None:
    exchanges = [
        an_exchange(f"e{n}", a_request("GET", "/n"), a_response(json={"n": n}), at_us=n * 1000) for n in range(3)
    ]
    pack = make_pack(tmp_path, exchanges)
    with serving(pack) as server:
        target = resolve_target(server.url)
        shares = [build_report(drive_pack(pack, target, DriveOptions()))["shares"]["matched"] for _ in range(2)]

    assert shares == [1.0, 1.0]


def test_two_runs_do_not_disturb_each_other(tmp_path: Path) -> None:
    exchanges = [
        an_exchange(f"e{n}", a_request("GET", "/n"), a_response(body=b"%d" % n), at_us=n * 1000) for n in range(3)
    ]
    with serving(make_pack(tmp_path, exchanges)) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        answers = []
        for run in ("one", "one", "two", "one", "two"):
            connection.request("GET", "/n", headers={"X-Sandbox-Session": "s1", "X-Sandbox-Run": run})
            answers.append(connection.getresponse().read())
        connection.close()

    assert answers == [b"0", b"1", b"0", b"2", b"1"]
