"""Ed25519 keys (RFC 8032) as this product uses them: made, read, written, signed with and checked.

Files are PEM: PKCS #8 for a private key, SubjectPublicKeyInfo for a public one, so that any other tool reads them. A
key is named by its fingerprint, the SHA-256 of its SubjectPublicKeyInfo in DER. Where keys live is `keyring`'s matter.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from smartsandbox.packs.canonical import digest_bytes
from smartsandbox.packs.errors import RefusedError, UsageError

_SHARED = 0o077
"""The permission bits that let someone other than the owner at a file."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What checks a signature. Equal keys have equal fingerprints: 64 lower-case hexadecimal digits."""

    pem: str
    fingerprint: str
    _key: Ed25519PublicKey = field(repr=False, compare=False)

    @staticmethod
    def of(key: Ed25519PublicKey) -> PublicKey:
        """Wrap a key of the library."""
        pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
        der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return PublicKey(pem, digest_bytes(der), key)

    @staticmethod
    def read(file: Path) -> PublicKey:
        """Read a PEM file. Raises UsageError where there is none or it holds something else, say a private key."""
        content = _content(file)
        if b"PRIVATE KEY" in content:
            raise UsageError(f"{file} holds a private key: give its public half, which `smartsandbox keys show` prints")
        try:
            key = load_pem_public_key(content)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise UsageError(f"{file} is not a public key in PEM: export it with `smartsandbox keys show`") from error
        if not isinstance(key, Ed25519PublicKey):
            raise UsageError(
                f"{file} is a public key of another kind than Ed25519: make one with `smartsandbox keys new`"
            )
        return PublicKey.of(key)

    def holds(self, signature: bytes, message: bytes) -> bool:
        """True if this key's private half signed exactly this message."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key. One key and one message always give the same signature, so that builds repeat byte for byte."""

    public: PublicKey
    _key: Ed25519PrivateKey = field(repr=False, compare=False)

    @staticmethod
    def new() -> SigningKey:
        """A new key from the operating system's random numbers."""
        return SigningKey._of(Ed25519PrivateKey.generate())

    @staticmethod
    def _of(key: Ed25519PrivateKey) -> SigningKey:
        return SigningKey(PublicKey.of(key.public_key()), key)

    @staticmethod
    def read(file: Path) -> SigningKey:
        """Read a PEM file. Raises UsageError where there is no such key, RefusedError where others can read it."""
        content = _content(file)
        if file.stat().st_mode & _SHARED:
            raise RefusedError(f"signing key {file} is open to other users of this machine: chmod 600 {file}")
        try:
            key = load_pem_private_key(content, None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise UsageError(
                f"signing key {file} is not an unencrypted private key in PEM: make one with `smartsandbox keys new`"
            ) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise UsageError(f"signing key {file} is not of the kind Ed25519: make one with `smartsandbox keys new`")
        return SigningKey._of(key)

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of the signature."""
        return self._key.sign(message)

    def write(self, file: Path) -> None:
        """Write a PEM file that only its owner may read. Raises FileExistsError: a key is never written over."""
        content = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"key {file} cannot be read: {error.strerror or type(error).__name__}") from error
