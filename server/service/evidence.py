"""A certificate as evidence for a review, as a value and as a page: verdicts, who signed, what is not covered."""

from __future__ import annotations

from smartsandbox.packs.certificate import WAIVED, Certificate, Verdict
from smartsandbox.packs.certificate_page import About, certificate_page
from smartsandbox.packs.claims import accepted_as_test, claim_of, not_covered
from smartsandbox.packs.guard import Guarded
from smartsandbox.packs.store import Item, Store, noun
from smartsandbox.server.models.evidence import CheckVerdict, Claim, Evidence, Signer
from smartsandbox.server.models.pack import CertificateState
from smartsandbox.server.service.reading import Signature, certificate_of, signature_of


def evidence_in(store: Store, item: Item, manifest: Guarded) -> Evidence:
    """What an item's own certificate and attestation come to. Raises DamagedItemError."""
    certificate = certificate_of(store, item, manifest)
    return evidence_of(certificate, signature_of(store, item, manifest, certificate))


def page_of(store: Store, item: Item, manifest: Guarded) -> str:
    """The same as the page for a reviewer. Raises DamagedItemError."""
    certificate = certificate_of(store, item, manifest)
    signature = signature_of(store, item, manifest, certificate)
    kind = noun(item.kind)
    about = About(kind, item.ref, {kind: manifest.digest})
    return certificate_page(certificate, about, signature.signers, signature.problem)


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
        test_accounts=certificate.test_accounts,
        key_commitment=certificate.key_commitment,
        signers=[Signer(fingerprint=one.fingerprint, trusted_as=one.name) for one in signature.signers],
        signature_problem=signature.problem,
        verdicts=[_verdict(verdict) for verdict in certificate.verdicts],
        not_covered=not_covered(certificate),
        ledger=certificate.ledger,
    )


def state_of(certificate: Certificate) -> CertificateState:
    """One word for a badge, the worst news first."""
    if not certificate.passed or certificate.problems():
        return "failed"
    if not certificate.anonymised:
        return "not-anonymised"
    if accepted_as_test(certificate):
        return "test-accounts"
    return "not-all-told" if any(verdict.outcome == WAIVED for verdict in certificate.verdicts) else "passed"


def _verdict(verdict: Verdict) -> CheckVerdict:
    return CheckVerdict(**verdict.to_json(), outcome=verdict.outcome)
