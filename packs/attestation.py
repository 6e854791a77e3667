"""Attestations: who vouches for which bytes, as in-toto Statements in signed envelopes.

A trace's attestation carries its whole certificate, about the digest of its rows. That of a pack or fixture set
carries what it was made from and every verdict's outcome, about the SHA-256 of its manifest and of each file;
`attestation.json` is the one file that the manifest does not name. A reader makes the statement that should have been
signed from what is there, and takes the signed one only if it is the same: nothing is believed because a file says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import orjson

from smartsandbox.packs.canonical import canonical_json, digest_bytes
from smartsandbox.packs.dsse import Envelope, EnvelopeError, seal
from smartsandbox.packs.errors import UntrustedError
from smartsandbox.packs.keyring import Trusted, TrustedKey
from smartsandbox.packs.manifest import MANIFEST_FILE, Resource
from smartsandbox.packs.signing import SigningKey

ATTESTATION_FILE = "attestation.json"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
# A name that nobody can own stands in for a site of our own; a type is compared, never fetched.
CERTIFICATE_PREDICATE = "https://smartsandbox.example/privacy-certificate/v1"
PUBLISHED_PREDICATE = "https://smartsandbox.example/published/v1"
ROWS_DIGEST = "smartsandboxRows"
"""The digest algorithm of a trace's rows (`trace.row_bytes`, SHA-256): no file has it, so it is not called sha256."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a statement is about: a name, and its digest under an algorithm's name."""

    name: str
    digest: str
    algorithm: str = "sha256"

    def to_json(self) -> dict[str, Any]:
        """An in-toto ResourceDescriptor."""
        return {"name": self.name, "digest": {self.algorithm: self.digest}}


@dataclass(frozen=True, slots=True)
class Statement:
    """An in-toto Statement, version 1."""

    subjects: tuple[Subject, ...]
    predicate_type: str
    predicate: Mapping[str, Any]

    def to_bytes(self) -> bytes:
        """Canonical JSON: the payload that is signed."""
        return canonical_json(
            {
                "_type": STATEMENT_TYPE,
                "subject": [item.to_json() for item in sorted(self.subjects, key=lambda item: item.name)],
                "predicateType": self.predicate_type,
                "predicate": self.predicate,
            }
        )


class Certified(Protocol):
    """What attestations need of a certificate."""

    @property
    def digest(self) -> str: ...

    def to_json(self) -> dict[str, Any]: ...

    def outcomes(self) -> list[dict[str, str]]: ...


class Published(Protocol):
    """What attestations need of the manifest of a pack or a fixture set."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def digest(self) -> str: ...

    @property
    def inputs(self) -> dict[str, str]: ...

    @property
    def resources(self) -> tuple[Resource, ...]: ...


def trace_statement(rows_digest: str, meta: bytes, certificate: Certified) -> Statement:
    """The statement about a trace: its rows by `rows_digest`, `trace.json` by its bytes, under its certificate."""
    subjects = (Subject("rows", rows_digest, ROWS_DIGEST), Subject("trace.json", digest_bytes(meta)))
    return Statement(subjects, CERTIFICATE_PREDICATE, certificate.to_json())


def published_statement(kind: str, manifest: Published, content: bytes, certificate: Certified) -> Statement:
    """The statement about a pack or fixture set (`kind` is "pack" or "fixture set"); `content` is its manifest.json."""
    files = (Subject(item.path, item.sha256) for item in manifest.resources)
    predicate = {
        "kind": kind,
        "name": manifest.name,
        "version": manifest.version,
        "digest": manifest.digest,
        "certificate": certificate.digest,
        "trace": manifest.inputs.get("trace", ""),
        "policy": manifest.inputs.get("policy", ""),
        "verdicts": certificate.outcomes(),
    }
    return Statement((Subject(MANIFEST_FILE, digest_bytes(content)), *files), PUBLISHED_PREDICATE, predicate)


def attest(folder: Path, statement: Statement, key: SigningKey) -> None:
    """Sign a statement into a folder's `attestation.json`."""
    envelope = seal(PAYLOAD_TYPE, statement.to_bytes(), key)
    (folder / ATTESTATION_FILE).write_bytes(envelope.to_bytes())


def signers_in(folder: Path, what: str, statement: Statement, trusted: Trusted, again: str) -> tuple[TrustedKey, ...]:
    """`signers_of` the attestation in a folder."""
    try:
        content = (folder / ATTESTATION_FILE).read_bytes()
    except FileNotFoundError:
        content = None
    return signers_of(content, what, statement, trusted, again)


def signers_of(
    content: bytes | None, what: str, statement: Statement, trusted: Trusted, again: str
) -> tuple[TrustedKey, ...]:
    """The trusted keys that signed exactly this statement about `what`; never none of them.

    `content` is an attestation file, None for none; `again` says what makes a new one. Raises UntrustedError.
    """
    if content is None:
        raise UntrustedError(f"{what} is not signed: {ATTESTATION_FILE} is missing; {again}")
    try:
        envelope = Envelope.from_bytes(content)
    except EnvelopeError as error:
        raise UntrustedError(f"{what}: {ATTESTATION_FILE} is damaged; {again}") from error
    signers = envelope.signers(trusted)
    if not signers:
        raise UntrustedError(f"{what} {_unsigned_words(envelope, trusted, again)}")
    if envelope.payload_type != PAYLOAD_TYPE or envelope.payload != statement.to_bytes():
        signed, other = signers[0].fingerprint, _difference(envelope, statement)
        raise UntrustedError(f"{what}: the signature of {signed} is about other content ({other}); {again}")
    return signers


def joined(old: bytes, new: bytes) -> bytes:
    """An attestation with the signatures of both files if they state the same, else the new one."""
    try:
        before, after = Envelope.from_bytes(old), Envelope.from_bytes(new)
    except EnvelopeError:
        return new
    same = (before.payload_type, before.payload) == (after.payload_type, after.payload)
    return after.joined(before).to_bytes() if same else new


def _unsigned_words(envelope: Envelope, trusted: Trusted, again: str) -> str:
    known = {one.fingerprint for one in trusted}
    claimed = [one.fingerprint for one in envelope.signatures if one.fingerprint]
    if not envelope.signatures:
        return f"is not signed: {ATTESTATION_FILE} holds no signature; {again}"
    if altered := [one for one in claimed if one in known]:
        return f"was altered: the signature of {altered[0]} does not hold; {again}"
    named = f"the key {claimed[0]}" if claimed else "a key without a fingerprint"
    return (
        f"is signed by {named}, which is not trusted here: `smartsandbox keys trust FILE` with its public half if you "
        f"know whose it is, else {again}"
    )


def _difference(envelope: Envelope, statement: Statement) -> str:
    """The names of the subjects that differ, or that it is something else; nothing that only the envelope says."""
    try:
        signed = {item["name"]: item["digest"] for item in orjson.loads(envelope.payload)["subject"]}
    except (ValueError, KeyError, TypeError):
        return "another kind of statement"
    names = _changed(signed, statement.subjects)
    return ", ".join(names) or "what it was made from"


def _changed(signed: Mapping[str, Any], subjects: Iterable[Subject]) -> list[str]:
    return [item.name for item in subjects if signed.get(item.name) != {item.algorithm: item.digest}]
