"""`smartsandbox scan` on the command line."""

from __future__ import annotations

import base64
import gzip
from pathlib import Path

import pytest

from smartsandbox import cli
from smartsandbox.anonymize.policy_file import write_policy
from smartsandbox.anonymize.suggest import suggest_policy
from smartsandbox.packs.model import Ledger
from smartsandbox.packs.testing import a_request, a_response, an_exchange, with_endpoints
from smartsandbox.packs.trace import RAW, write_trace

EMAIL = "ottoline@tidewater.test"


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A folder with a raw trace and its policy."""
    answer = a_response(json={"email": EMAIL, "last_name": "Pellworth"})
    items = with_endpoints([an_exchange(f"e{n}", a_request(target="/v1/me"), answer, at_us=n) for n in range(3)])
    trace = write_trace(tmp_path / "raw", items, RAW, Ledger(kept=3))
    (tmp_path / "policy.yaml").write_text(write_policy(suggest_policy(trace)))
    (tmp_path / "out").mkdir()
    return tmp_path


def scan(folder: Path, *more: str) -> int:
    return cli.run(["scan", str(folder / "raw"), "--policy", str(folder / "policy.yaml"), *more])


def test_clean_files_are_told_by_their_number(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (raw / "out" / "a.txt").write_text("nothing of anybody")
    (raw / "out" / "deep").mkdir()
    (raw / "out" / "deep" / "b.json").write_text("{}")
    assert scan(raw, str(raw / "out")) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("none of ")
    assert printed.out.endswith(" source values stands in 2 files\n")
    assert "searching" in printed.err


def test_a_hit_is_told_by_file_and_place_and_ends_in_code_4(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (raw / "out" / "log.gz").write_bytes(gzip.compress(b"sent " + base64.b64encode(f"to {EMAIL}".encode())))
    assert scan(raw, str(raw / "out")) == 4
    printed = capsys.readouterr()
    assert printed.out == f"{raw}/out/log.gz!unpacked: a source value in the raw bytes\n"
    assert printed.err.endswith("error: 1 findings in 1 files: withdraw what was published, and fix its policy\n")
    assert "ottoline" not in printed.out + printed.err


def test_canaries_are_searched_for_too(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (raw / "canaries").write_text("planted-7781-xq\n\n  another one \n")
    (raw / "out" / "a.txt").write_text("planted-7781-XQ")
    assert scan(raw, str(raw / "out")) == 0
    assert scan(raw, str(raw / "out"), "--canary", str(raw / "canaries")) == 4
    assert "planted" not in capsys.readouterr().out


def test_a_last_name_alone_is_no_hit_among_invented_people(raw: Path) -> None:
    (raw / "out" / "a.txt").write_text("Ann Pellworth")
    assert scan(raw, str(raw / "out")) == 4
    assert scan(raw, str(raw / "out"), "--synthetic") == 0


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["missing"], 2, "no file or folder"),
        (["out"], 2, "no file in there"),
        (["."], 2, "holds the raw trace"),
        (["raw"], 2, "holds the raw trace"),
        (["policy.yaml", "--canary", "nowhere"], 2, "--canary"),
    ],
)
def test_a_wrong_request_is_one_line(
    raw: Path, more: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scan(raw, *(str(raw / part) if not part.startswith("-") else part for part in more)) == code
    assert said in capsys.readouterr().err.splitlines()[-1]


def test_with_nothing_to_search_for_nothing_is_said_to_be_clean(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = with_endpoints([an_exchange("e", a_request(target="/v1/me"), a_response(json={"ok": True}))])
    trace = write_trace(raw / "raw", items, RAW, Ledger(kept=1))
    (raw / "policy.yaml").write_text(write_policy(suggest_policy(trace)))
    (raw / "out" / "a.txt").write_text("x")
    assert scan(raw, str(raw / "out")) == 5
    assert "no value to search for" in capsys.readouterr().err
