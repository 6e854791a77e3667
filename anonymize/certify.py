"""Mints certificates: runs every check on a rewritten trace and binds the verdicts to its content. Nowhere else."""

from __future__ import annotations

from smartsandbox.anonymize.checks import CHECKS
from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.errors import ChecksFailedError
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.packs.certificate import Certificate


def certify(evidence: Evidence, content_digest: str, key: RunKey) -> Certificate:
    """The certificate of a trace that passed every check. Raises ChecksFailedError with all verdicts if it did not.

    A trace made with a test key gets a certificate that says it is not anonymised.
    """
    verdicts = tuple(check(evidence) for check in CHECKS)
    if not all(verdict.passed for verdict in verdicts):
        raise ChecksFailedError(verdicts)
    return Certificate(
        content_digest=content_digest,
        policy_digest=evidence.policy.digest,
        anonymised=not key.is_test,
        key_commitment=key.commitment,
        verdicts=verdicts,
        ledger=evidence.tally.to_json(),
    )
