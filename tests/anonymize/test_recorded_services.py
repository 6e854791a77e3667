"""Every recorded service goes through with its drafted policy and the few edits of a reviewer, each with its reason.

The runs are real: every check, no statement about test accounts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from smartsandbox.anonymize.policy_file import parse_policy
from smartsandbox.cli import run
from smartsandbox.packs.certificate import SafeTrace
from smartsandbox.packs.claims import claim_of

RARE = "these test sessions share too few endpoints for anybody to hide; what fewer than five of them did can go"
DAMAGED = "141 answers are compressed under a name that nobody knows, so they cannot be padded; too few people to tell"
UNTOLD = ("response-size fingerprint", "known requests", "cross-release intersection")
"""What is waived of them: in some draws a breach is not told from chance, and no waiver covers one."""

EDITS: Mapping[str, Mapping[str, str]] = {
    "cassettes/easypost-python": {"m: 1": RARE, "suppression_limit: 0.68": RARE},
    "cassettes/easypost-ruby": {"m: 1": RARE, "suppression_limit: 0.66": RARE},
    "cassettes/okta-sdk-python": {"m: 1": RARE, "suppression_limit: 0.36": RARE},
    "cassettes/pay-rails": {"m: 1": RARE, "suppression_limit: 0.23": RARE},
    "cassettes/pay-rails-mangled": {f'"attack: {name}": "{DAMAGED}"': DAMAGED for name in UNTOLD},
    "cassettes/saleor-avatax": {},
    "cassettes/slack-ruby-client": {},
    "cassettes/spree_stripe": {},
    "har/har-to-k6": {},
    "har/mitmproxy": {},
    "har/perfcascade": {},
    "har/polly-graph-google-cloud": {"m: 1": RARE, "suppression_limit: 0.35": RARE},
    "har/polly-graph-jumpcloud": {},
    "har/polly-graph-okta": {},
    "mitm": {},
    "har/pygithub": {"m: 1": RARE, "suppression_limit: 0.63": RARE},
}
"""By capture, the lines that a reviewer writes and why; those with a check's name go under `waive`."""

OUTCOMES = ("kept", "surrogated", "generalised", "banded", "retimed", "dropped")


def edited(text: str, lines: Mapping[str, str]) -> str:
    """The policy with those lines in the place of the drafted ones, or for a check under `waive`."""
    for line in lines:
        field = line.partition(":")[0]
        drafted = rf"(?m)^{re.escape(field)}: .*$" if field in ("m", "suppression_limit") else r"(?m)^waive:$"
        new = line if field in ("m", "suppression_limit") else f"waive:\n  {line}"
        text, found = re.subn(drafted, lambda _, new=new: new, text, count=1)  # type: ignore[misc]
        assert found == 1, line
    return text


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("place", EDITS)
def test_a_recorded_service_goes_through(
    place: str, captures_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["import", str(captures_dir / place), "--out", "raw"]) == 0
    assert run(["anonymize", "raw", "--suggest", "--policy", "policy.yaml"]) == 0
    draft = Path("policy.yaml").read_text("utf-8")
    assert [line for line in EDITS[place] if not line.startswith('"') and f"#   {line}" not in draft] == []
    Path("policy.yaml").write_text(edited(draft, EDITS[place]), "utf-8")
    capfd.readouterr()

    assert run(["anonymize", "raw", "--policy", "policy.yaml", "--out", "safe"]) == 0, capfd.readouterr()
    said = capfd.readouterr().out
    assert run(["publish", "safe", "--name", "service", "--store", "store"]) == 0
    assert run(["packs", "verify", "service", "--store", "store"]) == 0

    safe = SafeTrace.open(tmp_path / "safe")
    exchanges, values = safe.trace.ledger, safe.certificate.ledger
    assert safe.certificate.anonymised
    assert claim_of(safe.certificate).word.startswith("Passed")
    policy = parse_policy(Path("policy.yaml").read_text("utf-8"), "policy.yaml")
    assert exchanges["kept"] >= (1 - policy.suppression_limit) * exchanges["seen"]
    assert exchanges["seen"] == exchanges["kept"] + sum(exchanges["dropped"].values())
    assert values["leaves"] == sum(values.get(name, 0) for name in OUTCOMES)
    assert f"exchanges: {exchanges['seen']} seen: {exchanges['kept']} kept" in said
    assert f"values: {values['leaves']} seen: " in said
    with capfd.disabled():
        print(f"\n{place}: {[line for line in said.splitlines() if line.startswith(('values', 'exchanges'))]}")
