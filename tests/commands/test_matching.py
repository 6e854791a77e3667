"""`--matching` and `--unmatched` from a shell's side."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from smartsandbox.cli import run
from smartsandbox.packs.manifest import Manifest
from smartsandbox.packs.testing import a_request, a_response, an_exchange, certified_trace, make_pack

EXCHANGES = [
    an_exchange("p", a_request("POST", "/v1/pay", json={"n": 1, "note": "a"}), a_response(201, json={"ok": 1}))
]
RULES = 'match: {"POST /v1/pay": {body: [/n]}}'


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    (tmp_path / "rules.yaml").write_text(RULES)
    return tmp_path / "rules.yaml"


def test_rules_given_at_publish_stand_in_the_manifest(tmp_path: Path, rules: Path) -> None:
    trace = certified_trace(tmp_path / "trace", EXCHANGES).trace.path
    store = ["--name", "pay", "--store", str(tmp_path / "store")]

    assert run(["publish", str(trace), *store, "--matching", str(rules)]) == 0
    (folder,) = (tmp_path / "store" / "packs" / "pay").iterdir()
    assert Manifest.read(folder).to_json()["matching"]["match"] == {"POST /v1/pay": {"body": {"/n": "value"}}}
    assert run(["packs", "verify", "pay", "--store", str(tmp_path / "store")]) == 0


def test_a_rule_for_another_service_is_refused_by_publish_and_explain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rules.yaml").write_text('match: {"POST /v1/pays": {body: []}}')
    given = ["--matching", str(tmp_path / "rules.yaml")]
    pack = make_pack(tmp_path, EXCHANGES)

    assert run(["publish", str(tmp_path / "trace"), "--name", "pay", "--store", str(tmp_path / "store"), *given]) == 2
    assert run(["explain", str(pack.folder), "--path", "/", *given]) == 2
    assert run(["serve", str(pack.folder), "--port", "0", *given]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert sum("no endpoint 'POST /v1/pays'; the nearest is 'POST /v1/pay'" in line for line in lines) == 3


@pytest.mark.slow
@pytest.mark.parametrize(("note", "status", "code"), [("b", 201, 0), (None, 501, 99)])
def test_a_server_that_allows_no_miss_ends_with_99(
    tmp_path: Path, rules: Path, note: str | None, status: int, code: int
) -> None:
    pack = make_pack(tmp_path, EXCHANGES)
    words = ["serve", str(pack.folder), "--port", "0", "--unmatched", "fail", "--matching", str(rules)]
    with subprocess.Popen(
        [str(Path(sys.executable).with_name("smartsandbox")), *words], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        line = next(line for line in server.stdout if "http://127.0.0.1:" in line)
        port = int(line.partition("http://127.0.0.1:")[2].split()[0])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        body = json.dumps({"n": 1, "note": note} if note else {"n": 2})
        connection.request("POST", "/v1/pay", body, {"Content-Type": "application/json"})
        answered = connection.getresponse().status
        connection.close()
        server.send_signal(signal.SIGTERM)
        assert (answered, server.wait(20)) == (status, code)
