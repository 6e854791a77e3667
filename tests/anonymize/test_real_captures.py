from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from smartsandbox.anonymize.apply import anonymize_trace
from smartsandbox.anonymize.careful import careful_draft
from smartsandbox.anonymize.keys import GivenKey
from smartsandbox.anonymize.policy_file import parse_policy
from smartsandbox.packs.capture.imports import import_captures
from smartsandbox.packs.claims import accepted_as_test, claim_of
from smartsandbox.packs.trace import RAW, Trace, write_trace


def captures_dir() -> Path:
    """Where real captures lie; skips where they are absent."""
    folder = Path(os.environ.get("SMARTSANDBOX_CAPTURES", Path(__file__).parents[3] / "shared" / "captures"))
    if not folder.is_dir():
        pytest.skip("no captures: set SMARTSANDBOX_CAPTURES to a folder with cassettes, har and mitm")
    return folder


WITH_STATEMENT = (
    "cassettes/easypost-python", "cassettes/easypost-ruby", "cassettes/pay-rails", "cassettes/pay-rails-mangled",
    "cassettes/spree_stripe", "har/polly-graph-google-cloud",
)  # fmt: skip
"""Recordings of test suites in which sessions are found whatever is published: a person says that nobody is real."""

KEY = GivenKey("07" * 32).key()
"""Given, so that what stands near a bound stands there every time."""

STATEMENT = "accounts of test suites that were recorded with test keys"


def raw_of(place: str, folder: Path) -> Trace:
    """The capture, imported."""
    exchanges, ledger = import_captures([captures_dir() / place], None)
    return write_trace(folder / "raw", exchanges, RAW, ledger)


@pytest.mark.slow
@pytest.mark.parametrize("place", WITH_STATEMENT)
def test_a_recording_of_a_test_suite_needs_and_takes_the_statement(place: str, tmp_path: Path) -> None:
    trace = raw_of(place, tmp_path)
    policy = parse_policy(careful_draft(trace, test_accounts=STATEMENT).text, "drafted")
    safe = anonymize_trace(trace, policy, KEY, tmp_path / "safe")
    accepted = accepted_as_test(safe.certificate)
    assert accepted
    assert all(one.check == "k^m-anonymity" or one.check.startswith("attack: ") for one in accepted)
    assert claim_of(replace(safe.certificate, anonymised=True)).word == "Test accounts only"
