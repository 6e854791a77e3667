"""A certificate as evidence for a review: its verdicts, who signed, and what it does not cover. Pure."""

from __future__ import annotations

from smartsandbox.packs.certificate import Certificate, Verdict
from smartsandbox.packs.claims import claim_of, not_covered
from smartsandbox.server.models.evidence import CheckVerdict, Claim, Evidence, Signer
from smartsandbox.server.models.pack import CertificateState
from smartsandbox.server.service.reading import Signature


def evidence_of(certificate: Certificate, signature: Signature) -> Evidence:
    """All of a certificate, and what nobody should read into it."""
    claim = claim_of(certificate)
    return Evidence(
        claim=Claim(tone=claim.tone, word=claim.word, sentence=claim.sentence),
        passed=certificate.passed,
        problems=list(certificate.problems()),
        anonymised=certificate.anonymised,
        digest=certificate.digest,
        content_digest=certificate.content_digest,
        policy_digest=certificate.policy_digest,
        key_commitment=certificate.key_commitment,
        signers=[Signer(fingerprint=one.fingerprint, trusted_as=one.name) for one in signature.signers],
        signature_problem=signature.problem,
        verdicts=[_verdict(verdict) for verdict in certificate.verdicts],
        not_covered=not_covered(certificate),
        ledger=certificate.ledger,
    )


def state_of(certificate: Certificate) -> CertificateState:
    """One word for a badge. A failed check is worse news than a test key."""
    if not certificate.passed or certificate.problems():
        return "failed"
    return "passed" if certificate.anonymised else "not-anonymised"


def _verdict(verdict: Verdict) -> CheckVerdict:
    return CheckVerdict(**verdict.to_json(), outcome=verdict.outcome)
