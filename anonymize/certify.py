"""Mints certificates: runs every check on a rewritten trace and binds the verdicts to its content. Nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from smartsandbox.anonymize.advice import advice
from smartsandbox.anonymize.checks import SUITES, checks_for
from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.errors import ChecksFailedError
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.packs.certificate import Certificate, Verdict


def certify(evidence: Evidence, content_digest: str, key: RunKey) -> Certificate:
    """The certificate of a trace that passed every check. Raises ChecksFailedError with all verdicts if it did not.

    A check that cannot tell does not pass; the policy may waive it by name, with a reason that the certificate carries.
    A trace made with a test key gets a certificate that says it is not anonymised.
    """
    waivers = evidence.policy.waivers
    checks = checks_for(evidence.policy)
    found = (*(check(evidence) for check in checks), *(one for suite in SUITES for one in suite(evidence)))
    verdicts = tuple(waived(verdict, waivers) for verdict in found)
    if not all(verdict.accepted for verdict in verdicts):
        raise ChecksFailedError(verdicts, advice(verdicts, evidence.policy))
    return Certificate(
        content_digest=content_digest,
        policy_digest=evidence.policy.digest,
        anonymised=not key.is_test,
        key_commitment=key.commitment,
        verdicts=verdicts,
        ledger=evidence.tally.to_json(),
    )


def waived(verdict: Verdict, waivers: Mapping[str, str]) -> Verdict:
    """The verdict with the policy's reason, if it could not tell and the policy waives it."""
    if verdict.told or verdict.passed:
        return verdict
    return replace(verdict, waiver=waivers.get(verdict.check, ""))
