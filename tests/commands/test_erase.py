"""`smartsandbox erase` on an invented shop: from the request to the packs that must be published again."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path

import pytest

from smartsandbox import cli
from smartsandbox.packs.store import PACKS, Store
from smartsandbox.packs.trace import Trace

Shopper = tuple[str, str, str]
Say = pytest.CaptureFixture[str]


@pytest.fixture
def shop(tmp_path: Path, shop_har: str, monkeypatch: pytest.MonkeyPatch, capsys: Say) -> Path:
    """A folder with captures/shop.har, traces/raw and policy.yaml, made current."""
    monkeypatch.chdir(tmp_path)
    Path("captures").mkdir()
    Path("captures/shop.har").write_text(shop_har)
    assert cli.run(["import", "captures", "--out", "traces/raw"]) == 0
    assert cli.run(["anonymize", "traces/raw", "--suggest", "--policy", "policy.yaml"]) == 0
    # Of a dozen customers without one, some combination of endpoints is left to four.
    policy = Path("policy.yaml")
    policy.write_text(policy.read_text().replace("suppression_limit: 0.05", "suppression_limit: 0.1"))
    capsys.readouterr()
    return tmp_path


@pytest.fixture
def third(shoppers: list[Shopper]) -> Shopper:
    return shoppers[3]


def erase(monkeypatch: pytest.MonkeyPatch, said: str, *options: str) -> int:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(said.encode())))
    return cli.run(["erase", "traces/raw", "--policy", "policy.yaml", *options])


def test_a_person_is_erased_from_trace_and_captures_and_never_named(
    shop: Path, third: Shopper, monkeypatch: pytest.MonkeyPatch, capsys: Say
) -> None:
    customer, name, email = third

    assert erase(monkeypatch, email.upper(), "--captures", "captures", "--actor", "dpo") == 0

    printed = "".join(capsys.readouterr())
    assert "4 of 48 exchanges to remove" in printed
    assert "1 further identifiers" in printed
    assert "shop.har: entries removed (4 of 48 entries)" in printed
    assert Trace.open(Path("traces/raw")).count == 44
    line = json.loads(Path("traces/raw.erasures.jsonl").read_text())
    assert (line["actor"], line["counts"]["removed"], line["counts"]["left"]) == ("dpo", 4, 44)
    written = b"".join(path.read_bytes() for path in shop.rglob("*") if path.is_file()).decode("latin-1")
    for value in (customer, name, email):
        assert value.lower() not in (printed + written).lower()


def test_the_other_customers_keep_every_exchange(
    shop: Path, shoppers: list[Shopper], third: Shopper, monkeypatch: pytest.MonkeyPatch
) -> None:
    erase(monkeypatch, third[2])

    paths = [one.request.path for one in Trace.open(Path("traces/raw")).exchanges()]
    counts = {customer: sum(customer in path for path in paths) for customer, _, _ in shoppers}
    assert counts == {customer: 0 if customer == third[0] else 4 for customer, _, _ in shoppers}


def test_a_dry_run_counts_by_endpoint_and_day_and_changes_nothing(
    shop: Path, third: Shopper, monkeypatch: pytest.MonkeyPatch, capsys: Say
) -> None:
    before = {path: path.read_bytes() for path in shop.rglob("*") if path.is_file()}

    assert erase(monkeypatch, third[0], "--captures", "captures", "--dry-run") == 0

    printed = capsys.readouterr().out
    assert re.search(r"GET /v1/customers/\{customer_id\} +2026-03-02 +2", printed)
    assert "4 of 48 exchanges would be removed" in printed
    assert {path: path.read_bytes() for path in shop.rglob("*") if path.is_file()} == before


def test_nothing_found_is_said_and_recorded_and_is_no_error(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: Say
) -> None:
    assert erase(monkeypatch, "zoe@elsewhere.example") == 0

    assert "nothing found: no exchange of traces/raw (48) concerns the person" in capsys.readouterr().out
    assert json.loads(Path("traces/raw.erasures.jsonl").read_text())["counts"]["removed"] == 0


def test_the_receipt_proves_the_erasure(
    shop: Path, third: Shopper, monkeypatch: pytest.MonkeyPatch, capsys: Say
) -> None:
    erase(monkeypatch, third[2])
    receipt = re.search(r"receipt ([0-9a-f]{32})", capsys.readouterr().out)
    assert receipt

    assert erase(monkeypatch, third[2], "--prove", receipt[1]) == 0
    assert "4 removed" in capsys.readouterr().out
    assert erase(monkeypatch, "somebody@else.example", "--prove", receipt[1]) == 2


def test_what_was_made_from_the_trace_is_listed_with_commands_that_put_it_right(
    shop: Path, third: Shopper, monkeypatch: pytest.MonkeyPatch, capsys: Say
) -> None:
    """The commands are run as printed; afterwards the old version is withdrawn and the new one has no such customer.

    Four exchanges are the customer's, and four more are cut for their rare combinations of endpoints.
    """
    cli.run(["anonymize", "traces/raw", "--policy", "policy.yaml", "--out", "traces/safe"])
    cli.run(["publish", "traces/safe", "--name", "orders", "--store", "store", "--template", "peak"])
    cli.run(["publish", "traces/safe", "--name", "orders", "--store", "store"])
    (old,) = (item for item in Store("store").list(PACKS) if item.name == "orders")
    capsys.readouterr()

    erase(monkeypatch, third[2], "--store", "store")

    printed = capsys.readouterr().out
    assert f"made from it: pack {old.ref} in store" in printed
    commands = [line.split()[1:] for line in printed.splitlines() if line.startswith("  smartsandbox ")]
    assert [command[0] for command in commands] == ["anonymize", "publish", "publish", "packs", "packs"]
    for command in commands:
        assert cli.run(command) == 0
    assert sorted(item.name for item in Store("store").list(PACKS)) == ["orders", "orders-peak"]
    assert Store("store").find(PACKS, "orders").manifest["counts"]["exchanges"] == 40
    assert cli.run(["packs", "verify", old.ref, "--store", "store"]) == 4


def test_a_pack_of_an_earlier_run_at_the_same_place_is_listed_too(
    shop: Path, third: Shopper, monkeypatch: pytest.MonkeyPatch, capsys: Say
) -> None:
    for version in ("1", "2"):
        cli.run(["anonymize", "traces/raw", "--policy", "policy.yaml", "--out", "traces/safe"])
        cli.run(["publish", "traces/safe", "--name", "orders", "--store", "store", "--version", version])
    capsys.readouterr()

    erase(monkeypatch, third[2], "--store", "store")

    printed = capsys.readouterr().out
    assert "packs withdraw orders@1 " in printed
    assert "packs withdraw orders@2 " in printed


@pytest.mark.parametrize(
    ("said", "options"),
    [
        ("", []),
        ("ab", []),
        ("ann@x.org", ["--subjects-file", "none.txt"]),
        ("ann@x.org", ["--captures", "none"]),
        ("ann@x.org", ["--prove", "short"]),
        ("ann@x.org", ["--policy", "none.yaml"]),
        ("ann@x.org", ["ann@x.org"]),
    ],
)
def test_a_wrong_call_is_one_line_and_erases_nothing(
    said: str, options: list[str], shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: Say
) -> None:
    assert erase(monkeypatch, said, *options) == 2

    assert "Traceback" not in capsys.readouterr().err
    assert Trace.open(Path("traces/raw")).count == 48
    assert not Path("traces/raw.erasures.jsonl").exists()


def test_identifiers_that_are_no_text_are_a_usage_error(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("who.txt").write_bytes(b"\xff\xfe\x00")

    assert erase(monkeypatch, "", "--subjects-file", "who.txt") == 2
