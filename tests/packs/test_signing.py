"""Keys against the vectors of RFC 8032, and files that hold something else."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from smartsandbox.packs.errors import RefusedError, UsageError
from smartsandbox.packs.signing import PublicKey, SigningKey

RFC_8032_TEST_2 = (
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
)


@pytest.fixture
def published(tmp_path: Path) -> SigningKey:
    """The key of the second vector, read from a file."""
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(RFC_8032_TEST_2[0]))
    file = tmp_path / "key.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(0o600)
    return SigningKey.read(file)


def test_a_signature_is_that_of_the_standard(published: SigningKey) -> None:
    _, message, signature = map(bytes.fromhex, RFC_8032_TEST_2)

    assert published.sign(message) == signature
    assert published.public.holds(signature, message)


@pytest.mark.parametrize("at", [0, 31, 32, 63])
def test_a_signature_with_one_bit_changed_does_not_hold(published: SigningKey, at: int) -> None:
    signature = bytearray(published.sign(b"message"))
    signature[at] ^= 1

    assert not published.public.holds(bytes(signature), b"message")
    assert not published.public.holds(b"", b"message")


def test_a_key_reads_back_and_only_its_owner_may(tmp_path: Path) -> None:
    key, file = SigningKey.new(), tmp_path / "key.pem"
    key.write(file)

    assert file.stat().st_mode & 0o777 == 0o600
    assert SigningKey.read(file) == key
    with pytest.raises(FileExistsError):
        SigningKey.new().write(file)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_key_that_others_can_get_at_is_refused(tmp_path: Path, mode: int) -> None:
    SigningKey.new().write(tmp_path / "key.pem")
    (tmp_path / "key.pem").chmod(mode)

    with pytest.raises(RefusedError, match="open to other users of this machine: chmod 600"):
        SigningKey.read(tmp_path / "key.pem")


def test_neither_its_text_nor_its_errors_show_a_private_key(tmp_path: Path) -> None:
    key = SigningKey.new()
    key.write(tmp_path / "key.pem")
    secret = (tmp_path / "key.pem").read_text().splitlines()[1]
    (tmp_path / "key.pem").write_text((tmp_path / "key.pem").read_text().replace("PRIVATE", "SECRET"))

    with pytest.raises(UsageError) as raised:
        SigningKey.read(tmp_path / "key.pem")

    assert secret not in f"{key!r} {raised.value}"


def test_the_other_half_in_the_wrong_place_is_said(tmp_path: Path) -> None:
    SigningKey.new().write(tmp_path / "key.pem")

    with pytest.raises(UsageError, match="holds a private key: give its public half"):
        PublicKey.read(tmp_path / "key.pem")


def test_keys_of_other_kinds_are_refused(tmp_path: Path) -> None:
    other = generate_private_key(SECP256R1())
    (tmp_path / "k.pem").write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "k.pem").chmod(0o600)
    public = other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "k.pub").write_bytes(public)

    with pytest.raises(UsageError, match="not of the kind Ed25519"):
        SigningKey.read(tmp_path / "k.pem")
    with pytest.raises(UsageError, match="another kind than Ed25519"):
        PublicKey.read(tmp_path / "k.pub")


@pytest.mark.parametrize("content", [b"", b"text", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
def test_a_file_that_is_no_key_is_one_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "k").write_bytes(content)
    (tmp_path / "k").chmod(0o600)

    with pytest.raises(UsageError, match="is not a public key in PEM"):
        PublicKey.read(tmp_path / "k")
    with pytest.raises(UsageError, match="is not an unencrypted private key in PEM"):
        SigningKey.read(tmp_path / "k")
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        PublicKey.read(tmp_path / "nowhere")


def test_another_program_reads_the_key_and_checks_the_signature(tmp_path: Path) -> None:
    """OpenSSL is the oracle; where it is missing or too old for Ed25519 there is nothing to ask."""
    key = SigningKey.new()
    for name, content in (("m", b"message"), ("s", key.sign(b"message")), ("k", key.public.pem.encode())):
        (tmp_path / name).write_bytes(content)
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "k", "-rawin", "-in", "m", "-sigfile", "s"]
    try:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no openssl here")
    if "rawin" in done.stderr:
        pytest.skip("this openssl does not know Ed25519")

    assert done.stdout.strip() == "Signature Verified Successfully"
