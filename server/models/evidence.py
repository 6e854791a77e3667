"""The privacy certificate as a reviewer needs it: the evidence, the verdict, and what was not tested."""

from __future__ import annotations

from typing import Any, Literal

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
    test_accounts: str = ""
    """The policy's statement that nobody real was captured, where the check is accepted for it; else empty."""
    outcome: Literal["passed", "waived", "test-accounts", "failed"]
    """Neither "waived" nor "test-accounts" is "passed": the check could not tell, and the policy accepts that; or it
    did not hold, and the policy states that nobody real was captured.
    """


class Claim(Model):
    """What may be said of the data, in words."""

    tone: Literal["good", "warn", "bad"]
    word: str
    sentence: str


class Signer(Model):
    """A key that this server trusts and that signed."""

    fingerprint: str
    """SHA-256 of the public key (SubjectPublicKeyInfo in DER), in hexadecimal."""
    trusted_as: str
    """The name of the key's file here, or "own signing key"."""


class Evidence(Model):
    """Anonymous under these tests at these bounds, and no more than that."""

    claim: Claim
    passed: bool
    """Checks ran, and every one passed, was waived because it could not tell, or is accepted for test accounts."""
    problems: list[str]
    """Verdicts that contradict their own numbers, and required checks that are missing."""
    anonymised: bool
    """False for a trace made with a given test key, whatever the checks say."""
    digest: str
    content_digest: str
    """The digest of the anonymised trace that the checks ran on."""
    policy_digest: str
    test_accounts: str
    """The policy's statement that nobody real was captured; empty where it makes none."""
    key_commitment: str
    signers: list[Signer]
    signature_problem: str | None
    """Why the signature does not hold; null if it does."""
    verdicts: list[CheckVerdict]
    not_covered: list[str]
    """What nobody should read into this certificate."""
    ledger: dict[str, Any]
