"""The synthetic requests and answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import mocks, stubs


@pytest.mark.parametrize("number", [0, 7, 19_999, 999_999])
def test_an_account_has_637_bytes_of_json_whatever_its_number(number: int) -> None:
    assert len(stubs.account(number)) == 637
    assert json.loads(stubs.account(number))["id"] == f"acct_{number}"


@pytest.mark.parametrize(("gets", "posts"), [(1, 1), (1_000, 100), (20_000, 2_000), (1_000_000, 2_000)])
def test_one_transfer_goes_with_ten_accounts_up_to_2000(gets: int, posts: int) -> None:
    assert stubs.post_count(gets) == posts


def test_the_load_script_asks_for_what_the_stubs_answer() -> None:
    script = Path(mocks.__file__).with_name("load.lua").read_text()
    assert stubs.path(5) == "/v1/accounts/acct_5"
    assert '"GET", "/v1/accounts/acct_" .. i' in script
    assert stubs.transfer(3) == b'{"account":"acct_3","amount":103,"currency":"eur"}'
    assert """'{"account":"acct_' .. j .. '","amount":' .. (100 + j) .. ',"currency":"eur"}'""" in script


def test_wiremock_gets_a_mapping_for_every_stub(tmp_path: Path) -> None:
    mocks.wiremock(tmp_path, 1, 20)
    mappings = json.loads((tmp_path / "mappings" / "all.json").read_text())["mappings"]
    assert [item["request"]["method"] for item in mappings] == ["GET"] * 20 + ["POST"] * 2


def test_mockserver_gets_an_expectation_for_every_stub(tmp_path: Path) -> None:
    mocks.mockserver(tmp_path, 1, 20)
    assert len(json.loads((tmp_path / "init.json").read_text())) == 22


def test_nginx_answers_with_as_many_bytes_as_an_account_has(tmp_path: Path) -> None:
    mocks.nginx(tmp_path, 8080)
    assert f"return 200 '{'x' * 637}'" in (tmp_path / "nginx.conf").read_text()
