"""Mints certificates: runs every check on a rewritten trace and binds the verdicts to its content. Nowhere else."""

from __future__ import annotations

from dataclasses import replace

from smartsandbox.anonymize.advice import advice
from smartsandbox.anonymize.checks import SUITES, checks_for
from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.errors import ChecksFailedError
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.policy import Policy
from smartsandbox.packs.bounds import finds_people
from smartsandbox.packs.certificate import Certificate, Verdict


def certify(evidence: Evidence, content_digest: str, key: RunKey) -> Certificate:
    """The certificate of a trace that passed every check. Raises ChecksFailedError with all verdicts if it did not.

    A check that cannot tell does not pass; the policy may waive it by name, with a reason that the certificate carries.
    Where the policy states that only test accounts were captured, checks that look for people are accepted with that.
    A trace made with a test key gets a certificate that says it is not anonymised.
    """
    checks = checks_for(evidence.policy)
    found = (*(check(evidence) for check in checks), *(one for suite in SUITES for one in suite(evidence)))
    verdicts = tuple(accepted_by(verdict, evidence.policy) for verdict in found)
    if not all(verdict.accepted for verdict in verdicts):
        raise ChecksFailedError(verdicts, advice(verdicts, evidence.policy))
    return Certificate(
        content_digest=content_digest,
        policy_digest=evidence.policy.digest,
        anonymised=not key.is_test,
        key_commitment=key.commitment,
        verdicts=verdicts,
        ledger=evidence.tally.to_json(),
        test_accounts=evidence.policy.test_accounts,
    )


def accepted_by(verdict: Verdict, policy: Policy) -> Verdict:
    """The verdict with the policy's reason, if it did not hold and the policy says why it need not."""
    if verdict.passed:
        return verdict
    if not verdict.told and verdict.check in policy.waivers:
        return replace(verdict, waiver=policy.waivers[verdict.check])
    return replace(verdict, test_accounts=policy.test_accounts) if finds_people(verdict.check) else verdict
