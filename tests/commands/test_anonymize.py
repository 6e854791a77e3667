from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from smartsandbox.anonymize.errors import UndecidedError
from smartsandbox.commands.anonymize import anonymize_command
from smartsandbox.packs.certificate import SafeTrace
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Exchange, Ledger, Request, Response
from smartsandbox.packs.trace import RAW, write_trace

KEY = "0b" * 32


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(anonymize_command, [str(argument) for argument in arguments])


def write_raw(folder: Path, **extra: object) -> Path:
    def one(number: int) -> Exchange:
        body = {"id": f"cus_{number:03d}KqLm9Z", "email": f"quill.{number}@oakmoor.co.uk", **extra}
        response = Response(200, "OK", (("Content-Type", "application/json"),), json.dumps(body).encode())
        request = Request("GET", "https", "api.oakmoor.co.uk", f"/v1/customers/{body['id']}")
        return Exchange(
            f"ex_{number}", "shop", 1_700_000_000_000_000 + number, request, response, session=f"s_{number}"
        )

    ledger = Ledger()
    ledger.keep(6)
    return write_trace(folder / "raw", map(one, range(6)), RAW, ledger).path


def test_a_policy_is_drafted_to_standard_output_or_to_a_new_file(tmp_path: Path) -> None:
    raw = write_raw(tmp_path)
    shown = run(raw, "--suggest")
    assert shown.exit_code == 0, shown.output
    assert "/email: surrogate email" in shown.stdout
    written = run(raw, "--suggest", "--policy", tmp_path / "p.yaml")
    assert written.exit_code == 0
    assert (tmp_path / "p.yaml").read_text() == shown.stdout


def test_a_draft_never_replaces_a_policy(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("mine")
    result = run(write_raw(tmp_path), "--suggest", "--policy", tmp_path / "p.yaml")
    assert isinstance(result.exception, UsageError)
    assert (tmp_path / "p.yaml").read_text() == "mine"


def test_drafting_and_anonymising_go_in_one_run(tmp_path: Path) -> None:
    result = run(write_raw(tmp_path), "--suggest", "--policy", tmp_path / "p.yaml", "--out", tmp_path / "safe")
    assert result.exit_code == 0, result.output
    assert "leak scan" in result.stdout
    assert "values:" in result.stdout
    assert SafeTrace.open(tmp_path / "safe").certificate.anonymised


def test_a_leaf_without_a_decision_prints_the_lines_to_accept_and_accepting_adds_them(tmp_path: Path) -> None:
    policy, out = tmp_path / "p.yaml", tmp_path / "safe"
    run(write_raw(tmp_path), "--suggest", "--policy", policy)
    raw = write_raw(tmp_path, diagnosis="zorblaxia of the third kind")
    refused = run(raw, "--policy", policy, "--out", out)
    assert isinstance(refused.exception, UndecidedError)
    assert "/diagnosis: surrogate text" in refused.stderr
    assert not out.exists()
    taken = run(raw, "--policy", policy, "--accept", "--out", out)
    assert taken.exit_code == 0, taken.output
    assert "1 decisions and 0 endpoints added" in taken.stdout
    assert "/diagnosis: surrogate text" in policy.read_text()


def test_a_test_key_makes_a_run_repeatable_and_says_so(tmp_path: Path) -> None:
    raw, policy = write_raw(tmp_path), tmp_path / "p.yaml"
    run(raw, "--suggest", "--policy", policy)
    results = [run(raw, "--policy", policy, "--out", tmp_path / name, "--test-key", KEY) for name in ("one", "two")]
    assert all("NOT ANONYMISED" in result.stdout for result in results)
    assert len({SafeTrace.open(tmp_path / name).trace.digest for name in ("one", "two")}) == 1
    assert not any(KEY in path.read_text("latin-1") for path in tmp_path.rglob("*") if path.is_file())


@pytest.mark.parametrize("arguments", [[], ["--out", "safe"], ["--policy", "none.yaml", "--out", "safe"]])
def test_a_missing_part_is_one_clear_error(arguments: list[str], tmp_path: Path) -> None:
    result = run(write_raw(tmp_path), *arguments)
    assert isinstance(result.exception, UsageError)
    assert "\n" not in str(result.exception)


def test_a_statement_about_test_accounts_is_drafted_and_told(tmp_path: Path) -> None:
    raw, policy = write_raw(tmp_path), tmp_path / "p.yaml"
    drafted = run(raw, "--suggest", "--policy", policy, "--test-accounts", "our staging tenant")
    assert drafted.exit_code == 0, drafted.output
    assert '\ntest_accounts: "our staging tenant"\n' in policy.read_text()
    stated = run(raw, "--policy", policy, "--out", tmp_path / "safe")
    assert stated.exit_code == 0, stated.output
    assert SafeTrace.open(tmp_path / "safe").certificate.test_accounts == "our staging tenant"


def test_checks_that_are_accepted_are_one_line_each_and_their_reason_stands_once(tmp_path: Path) -> None:
    result = run(write_raw(tmp_path), "--suggest", "--policy", tmp_path / "p.yaml", "--out", tmp_path / "safe")
    reason = "accepted by the policy: too small a capture to tell: 0 people with attributes, 6 sessions"
    assert result.stdout.count(reason) == 1
    untold = [line for line in result.stdout.splitlines() if line.startswith("not told  attack: ")]
    verdicts = SafeTrace.open(tmp_path / "safe").certificate.verdicts
    assert len(untold) == sum(one.outcome == "waived" and one.check.startswith("attack") for one in verdicts)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--policy", "p.yaml", "--out", "safe", "--test-accounts", "our staging tenant"], "is for a draft"),
        (["--suggest", "--test-accounts", "yes"], "say in a few words whose accounts these are"),
    ],
)
def test_a_statement_that_cannot_be_taken_is_one_clear_error(arguments: list[str], words: str, tmp_path: Path) -> None:
    result = run(write_raw(tmp_path), *arguments)
    assert isinstance(result.exception, UsageError)
    assert words in str(result.exception)
