from __future__ import annotations

import os
from pathlib import Path

import pytest

from smartsandbox.anonymize.apply import anonymize_trace
from smartsandbox.anonymize.keys import OsKeys
from smartsandbox.anonymize.policy_file import parse_policy, write_policy
from smartsandbox.anonymize.suggest import suggest_policy
from smartsandbox.packs.capture.imports import import_captures
from smartsandbox.packs.trace import RAW, write_trace


def captures_dir() -> Path:
    """Where real captures lie; skips where they are absent."""
    folder = Path(os.environ.get("SMARTSANDBOX_CAPTURES", Path(__file__).parents[3] / "shared" / "captures"))
    if not folder.is_dir():
        pytest.skip("no captures: set SMARTSANDBOX_CAPTURES to a folder with cassettes, har and mitm")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    "place",
    ["cassettes/pay-rails", "cassettes/spree_stripe", "cassettes/slack-ruby-client", "cassettes/saleor-avatax",
     "har/polly-graph-okta", "har/har-to-k6", "har/mitmproxy", "mitm"],
)  # fmt: skip
def test_a_real_capture_goes_through_with_its_drafted_policy(place: str, tmp_path: Path) -> None:
    exchanges, ledger = import_captures([captures_dir() / place], None)
    trace = write_trace(tmp_path / "raw", exchanges, RAW, ledger)
    policy = parse_policy(write_policy(suggest_policy(trace)), "drafted")
    safe = anonymize_trace(trace, policy, OsKeys().key(), tmp_path / "safe")
    assert safe.trace.ledger["seen"] == trace.count
    assert safe.trace.ledger["kept"] == safe.trace.count >= (1 - policy.suppression_limit) * trace.count
    assert all(verdict.accepted for verdict in safe.certificate.verdicts)
