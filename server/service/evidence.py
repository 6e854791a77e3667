"""A certificate as evidence for a review: its verdicts, and what it does not cover. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from smartsandbox.packs.certificate import Certificate, Verdict
from smartsandbox.server.models.evidence import CheckVerdict, Evidence
from smartsandbox.server.models.pack import CertificateState

CRITERIA = ("singling out", "linkability", "inference")
"""What Opinion 05/2014 (WP216) asks of an anonymisation, one by one."""

ALWAYS_OPEN = (
    "It is not a legal opinion. It says what was tested and at which bounds; whether that is enough is for a reviewer.",
    "It speaks of one anonymised trace. Several packs of overlapping traffic, read together, were not tested together.",
    "It does not know what others hold: a reader with data from elsewhere was modelled only as far as a check says so.",
)


def evidence_of(certificate: Certificate) -> Evidence:
    """All of a certificate, and what nobody should read into it."""
    return Evidence(
        passed=certificate.passed,
        anonymised=certificate.anonymised,
        digest=certificate.digest,
        content_digest=certificate.content_digest,
        policy_digest=certificate.policy_digest,
        key_commitment=certificate.key_commitment,
        verdicts=[CheckVerdict(**verdict.to_json()) for verdict in certificate.verdicts],
        not_covered=not_covered(certificate.anonymised, certificate.verdicts),
        ledger=certificate.ledger,
    )


def not_covered(anonymised: bool, verdicts: Sequence[Verdict]) -> list[str]:
    """First what this certificate lacks, then what no certificate covers."""
    named = " ".join(verdict.criterion.lower() for verdict in verdicts)
    untested = [f"No check of this certificate speaks to {name}." for name in CRITERIA if name not in named]
    test_key = [] if anonymised else ["It was made with a given test key: whoever holds that key can link it back."]
    return [*test_key, *untested, *ALWAYS_OPEN]


def state_of(certificate: Certificate) -> CertificateState:
    """One word for a badge. A failed check is worse news than a test key."""
    if not certificate.passed:
        return "failed"
    return "passed" if certificate.anonymised else "not-anonymised"
