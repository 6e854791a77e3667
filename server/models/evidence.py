"""The privacy certificate as a reviewer needs it: the evidence, the verdict, and what was not tested."""

from __future__ import annotations

from typing import Any

from smartsandbox.server.models.base import Model


class CheckVerdict(Model):
    """The outcome of one check. Findings are places and counts, never captured values."""

    check: str
    criterion: str
    """What it speaks to: singling out, linkability or inference."""
    passed: bool
    summary: str
    bounds: dict[str, Any]
    metrics: dict[str, Any]
    findings: list[str]
    told: bool = True
    """False if there was too little to try the check on; such a check did not pass."""
    waiver: str = ""
    """Why the reviewed policy publishes although the check could not tell; empty if it does not."""


class Evidence(Model):
    """Anonymous under these tests at these bounds, and no more than that."""

    passed: bool
    """Checks ran, and every one passed or was waived because it could not tell."""
    anonymised: bool
    """False for a trace made with a given test key, whatever the checks say."""
    digest: str
    content_digest: str
    """The digest of the anonymised trace that the checks ran on."""
    policy_digest: str
    key_commitment: str
    verdicts: list[CheckVerdict]
    not_covered: list[str]
    """What nobody should read into this certificate."""
    ledger: dict[str, Any]
