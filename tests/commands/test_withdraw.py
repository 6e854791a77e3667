"""`packs withdraw` and `fixtures withdraw` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smartsandbox import cli
from smartsandbox.packs.store import FIXTURES, PACKS, Store
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack


@pytest.fixture
def store(tmp_path: Path) -> str:
    pack = make_pack(tmp_path / "p", [an_exchange("e", a_request(), a_response(200))])
    url = str(tmp_path / "store")
    for kind in (PACKS, FIXTURES):
        Store(url).put(kind, pack.folder, "orders", "1.0")
    return url


@pytest.mark.parametrize("kind", [PACKS, FIXTURES])
def test_what_is_withdrawn_is_listed_as_such(kind: str, store: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([kind, "withdraw", "orders@1.0", "--store", store, "--reason", "erasure"]) == 0
    assert "orders@1.0 was withdrawn on 2" in capsys.readouterr().out

    assert cli.run([kind, "list", "--store", store]) == 0
    assert "withdrawn 2" in capsys.readouterr().out
    assert cli.run([kind, "list", "--store", store, "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["ref"], listed["withdrawn"]["reason"]) == ("orders@1.0", "erasure")


@pytest.mark.parametrize(
    "command",
    [
        ["packs", "verify", "orders"],
        ["packs", "show", "orders@1.0"],
        ["serve", "orders", "--port", "0"],
        ["drive", "orders", "--target", "http://127.0.0.1:9"],
        ["explain", "orders", "--path", "/"],
        ["fixtures", "show", "orders"],
    ],
    ids=" ".join,
)
def test_a_withdrawn_version_is_refused_in_one_line(
    command: list[str], store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind in (PACKS, FIXTURES):
        cli.run([kind, "withdraw", "orders@1.0", "--store", store, "--reason", "incident"])
    capsys.readouterr()

    assert cli.run([*command, "--store", store]) == 4
    printed = capsys.readouterr().err
    assert printed.count("\n") == 1
    assert "(incident) and is not handed out" in printed


@pytest.mark.parametrize(
    "arguments",
    [
        ["orders", "--reason", "erasure"],
        ["orders@2.0", "--reason", "erasure"],
        ["orders@1.0", "--reason", "because Ann asked"],
        ["orders@1.0"],
    ],
)
def test_a_wrong_withdrawal_is_a_usage_error_and_removes_nothing(arguments: list[str], store: str) -> None:
    assert cli.run(["packs", "withdraw", *arguments, "--store", store]) == 2
    assert [item.ref for item in Store(store).list(PACKS)] == ["orders@1.0"]
