from __future__ import annotations

import importlib

import dagster as dg
import pytest

from smartsandbox.anonymize.errors import ChecksFailedError, UndecidedError
from smartsandbox.packs.certificate import Verdict
from smartsandbox.packs.errors import NotSafeError
from smartsandbox.pipelines.failures import explained


def fail_on(value: str) -> None:
    raise ValueError(f"could not convert {value}")


def test_a_library_error_becomes_its_own_line_with_its_exit_code() -> None:
    with pytest.raises(dg.Failure) as caught, explained():
        raise NotSafeError("no decision for 3 leaves")
    assert caught.value.description == "no decision for 3 leaves"
    assert caught.value.metadata["exit_code"].value == 4
    assert caught.value.allow_retries is False


def test_undecided_leaves_come_with_the_lines_to_accept() -> None:
    with pytest.raises(dg.Failure) as caught, explained():
        raise UndecidedError((), 2, "decisions:\n  x: keep")
    assert "x: keep" in str(caught.value.metadata["lines_to_accept"].value)


def test_failed_checks_come_with_their_findings() -> None:
    verdict = Verdict("leak scan", "singling out", False, "1 field", {}, {}, ("GET /a response_body: 1 times",))
    with pytest.raises(dg.Failure) as caught, explained():
        raise ChecksFailedError((verdict,))
    assert caught.value.metadata["findings"].value == "- leak scan: GET /a response_body: 1 times"


def test_an_unforeseen_error_keeps_its_place_and_loses_its_text() -> None:
    with pytest.raises(dg.Failure) as caught, explained():
        fail_on("ada@lovelace.org")
    assert "ValueError at test_failures.py:" in str(caught.value.description)
    assert "lovelace" not in str(caught.value.description)
    assert caught.value.__suppress_context__


def test_a_missing_part_names_itself_and_what_to_install() -> None:
    with (
        pytest.raises(dg.Failure, match=r"not installed \(no_such_part\): install smartsandbox\[pipeline\]"),
        explained(),
    ):
        importlib.import_module("no_such_part")


def test_a_failure_passes_unchanged() -> None:
    failure = dg.Failure("as it was")
    with pytest.raises(dg.Failure) as caught, explained():
        raise failure
    assert caught.value is failure


def test_dagster_storage_never_holds_the_text_of_an_unforeseen_error() -> None:
    @dg.asset
    def careless() -> None:
        with explained():
            fail_on("ada@lovelace.org")

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([careless], instance=instance, raise_on_error=False)
        assert not result.success
        entries = instance.all_logs(result.run_id)
    assert entries
    assert "lovelace" not in "".join(repr(entry) for entry in entries)
