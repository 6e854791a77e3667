"""Who the server is over TLS: a certificate and key from files, or a throw-away pair that nobody else can extend."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from smartsandbox.packs.errors import UsageError

_DAYS = 7


@dataclass(frozen=True, slots=True)
class Identity:
    """Files in PEM: `certificate` (with its chain) and `key`."""

    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """TLS 1.2 and later, offering HTTP/2 where its library is installed. Raises UsageError for bad files."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["h2", "http/1.1"] if find_spec("h2") else ["http/1.1"])
        for path in (self.certificate, self.key):
            if not path.is_file():
                raise UsageError(f"TLS: there is no file {path}: name a certificate and its key in PEM")
        try:
            context.load_cert_chain(self.certificate, self.key, password=_no_password)
        except ssl.SSLError as error:
            why = "the key is not the certificate's" if error.reason == "KEY_VALUES_MISMATCH" else "they are not in PEM"
            raise UsageError(f"TLS: {self.certificate} and {self.key} cannot be used: {why}") from error
        except OSError as error:
            raise UsageError(f"TLS: {self.certificate} or {self.key} cannot be read: {error.strerror}") from error
        return context

    def fingerprint(self) -> str:
        """The SHA-256 of the certificate, as browsers and openssl show it."""
        try:
            certificate = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        except (OSError, ValueError) as error:
            raise UsageError(f"TLS: {self.certificate} is not a certificate in PEM") from error
        return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _no_password() -> str:
    raise UsageError("TLS: the key is encrypted: name one that is not, as nobody is asked for a password here")


@dataclass(frozen=True, slots=True)
class ThrowAway:
    """An identity for one run, and the file of the authority that clients may trust for it."""

    identity: Identity
    authority: Path


def throw_away(folder: Path, host: str, now: datetime) -> ThrowAway:
    """Make a certificate for localhost and `host`, good for a week, in a folder that only its owner can read.

    It is signed by an authority whose key is forgotten at once, so that trusting the authority trusts nothing else.
    """
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer, subject = _name("smartsandbox throw-away authority, TEST ONLY"), _name("smartsandbox, TEST ONLY")
    authority = (
        _builder(issuer, issuer, authority_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    certificate = (
        _builder(subject, issuer, key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    made = ThrowAway(Identity(folder / "certificate.pem", folder / "key.pem"), folder / "authority.pem")
    made.authority.write_bytes(authority.public_bytes(Encoding.PEM))
    made.identity.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
    made.identity.key.touch(0o600)
    made.identity.key.write_bytes(pem)
    return made


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _names(host: str) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = []
    for name in dict.fromkeys(("localhost", "127.0.0.1", "::1", host)):
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            names.append(x509.DNSName(name))
    return names


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
