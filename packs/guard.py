"""What must hold of a published folder, pack or fixture set alike, before anything in it is used.

Its manifest vouches for the bytes of its files, which the caller has compared. Here the certificate is bound to the
manifest, must have passed, and the signed attestation must be about exactly this manifest, files and certificate.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from smartsandbox.packs.attestation import Published, attest, published_statement, signers_in
from smartsandbox.packs.certificate import CERTIFICATE_FILE, Certificate
from smartsandbox.packs.errors import NotSafeError
from smartsandbox.packs.keyring import Trusted, TrustedKey, own_key, trusted_keys
from smartsandbox.packs.manifest import MANIFEST_FILE
from smartsandbox.packs.signing import SigningKey

PACK, FIXTURE_SET = "pack", "fixture set"
AGAIN = "publish it again"


class Guarded(Published, Protocol):
    """What is compared with the certificate."""

    @property
    def anonymised(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a folder was opened on: its certificate and the trusted keys that signed."""

    certificate: Certificate
    signers: tuple[TrustedKey, ...]


def require_evidence(kind: str, folder: Path, manifest: Guarded, trusted: Trusted | None = None) -> Evidence:
    """Raises NotSafeError where the certificate failed or is another's, UntrustedError where the signature fails.

    `trusted` is `trusted_keys()` where it is not given.
    """
    what = f"{kind} {folder}"
    certificate = Certificate.read(folder / CERTIFICATE_FILE)
    certificate.require_passed(what)
    require_own(what, manifest, certificate)
    statement = published_statement(kind, manifest, (folder / MANIFEST_FILE).read_bytes(), certificate)
    keys = trusted_keys() if trusted is None else trusted
    return Evidence(certificate, signers_in(folder, what, statement, keys, AGAIN))


def require_own(what: str, manifest: Guarded, certificate: Certificate) -> None:
    """Raises NotSafeError unless a manifest cites this certificate, with its trace and its policy."""
    cited = {
        "certificate": certificate.digest,
        "trace": certificate.content_digest,
        "policy": certificate.policy_digest,
    }
    same = all(manifest.inputs.get(name) == digest for name, digest in cited.items())
    if not same or manifest.anonymised != certificate.anonymised:
        raise NotSafeError(f"{what}: its certificate belongs to another trace; {AGAIN}")


def attest_published(
    kind: str, folder: Path, manifest: Published, certificate: Certificate, key: SigningKey | None = None
) -> None:
    """Sign a finished folder; `own_key()` signs where no key is given."""
    content = (folder / MANIFEST_FILE).read_bytes()
    attest(folder, published_statement(kind, manifest, content, certificate), key or own_key())
