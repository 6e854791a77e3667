"""Tests of `smartsandbox fixtures`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smartsandbox.cli import run
from smartsandbox.packs.testing import a_request, a_response, an_exchange, certified_trace


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    accounts = [{"id": f"acct_{n:06d}", "balance": n * 10, "tier": "gold" if n % 2 else "basic"} for n in range(20)]
    certified_trace(
        tmp_path / "trace",
        [
            an_exchange(f"ex_{n}", a_request(target=f"/v1/accounts/{a['id']}"), a_response(json=a), session=f"s{n}")
            for n, a in enumerate(accounts)
        ],
    )
    return tmp_path / "trace"


def publish(trace: Path, store: Path) -> int:
    options = ["--rows", "10", "--synthesizer", "empirical", "--store", str(store)]
    return run(["fixtures", "publish", str(trace), "--name", "demo", *options])


def test_a_set_is_published_listed_shown_and_loaded(
    trace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "store"
    assert publish(trace, store) == 0
    assert "published demo@" in capsys.readouterr().out
    assert run(["fixtures", "list", "--store", str(store)]) == 0
    assert "demo@" in capsys.readouterr().out
    assert run(["fixtures", "show", "demo", "--store", str(store)]) == 0
    assert "acct_demo_gold" in capsys.readouterr().out
    assert (
        run(["fixtures", "load", "demo", "--format", "json", "--out", str(tmp_path / "x"), "--store", str(store)]) == 0
    )
    assert json.loads((tmp_path / "x" / "account.json").read_text())[0]["id"] == "acct_demo_gold"


def test_publishing_the_same_again_is_no_error(trace: Path, tmp_path: Path) -> None:
    assert [publish(trace, tmp_path / "store") for _ in range(2)] == [0, 0]


def test_an_empty_store_says_how_to_fill_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fixtures", "list", "--store", str(tmp_path / "store")]) == 0
    assert "smartsandbox fixtures publish" in capsys.readouterr().out


def test_an_unknown_set_and_a_full_folder_are_usage_errors(trace: Path, tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    assert run(["fixtures", "show", "demo", "--store", store]) == 2
    publish(trace, tmp_path / "store")
    assert run(["fixtures", "load", "demo", "--out", str(trace), "--store", store]) == 2


def test_an_altered_set_is_refused(trace: Path, tmp_path: Path) -> None:
    publish(trace, tmp_path / "store")
    (folder,) = (tmp_path / "store" / "fixtures" / "demo").iterdir()
    (folder / "account.jsonl").write_bytes(b"")
    assert run(["fixtures", "show", "demo", "--store", str(tmp_path / "store")]) == 4
