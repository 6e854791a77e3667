"""The parts of a published pack or fixture set, each read alone and checked against what vouches for it.

The manifest vouches for itself by its digest, the certificate is bound to it by its own digest, every file by its
SHA-256, and all of them by a signature. All errors are DamagedItemError with the pack's name and what to do.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from smartsandbox.fixtures.manifest import FIXTURE_FORMAT, FixtureManifest
from smartsandbox.packs.attestation import ATTESTATION_FILE, published_statement, signers_of
from smartsandbox.packs.canonical import digest_bytes
from smartsandbox.packs.certificate import CERTIFICATE_FILE, Certificate
from smartsandbox.packs.errors import NotSafeError, SandboxError
from smartsandbox.packs.guard import AGAIN, Guarded, require_own
from smartsandbox.packs.keyring import TrustedKey, trusted_keys
from smartsandbox.packs.manifest import MANIFEST_FILE, PACK_FORMAT, SIGNED_FORMAT, Manifest
from smartsandbox.packs.store import Item, Store, noun
from smartsandbox.server.errors import DamagedItemError, WithdrawnItemError

SHAPE_FILE = "shape.parquet"
_TYPES = {"counts": dict, "inputs": dict, "ledger": dict, "tools": dict, "template": str, "service": str}


def manifest_of(item: Item) -> Manifest:
    """The manifest, if it is one of this format, unchanged, and of this name and version."""
    manifest = _parsed(item)
    if manifest.digest != manifest.computed_digest():
        raise damaged(item, "its manifest was changed after publishing")
    if (manifest.name, manifest.version) != (item.name, item.version):
        raise damaged(item, "its manifest names another pack or version")
    return manifest


def certificate_of(store: Store, item: Item, manifest: Guarded) -> Certificate:
    """The certificate that a manifest cites, whether it passed or not."""
    try:
        certificate = Certificate.from_json(orjson.loads(store.read(item, CERTIFICATE_FILE)))
    except (OSError, ValueError, SandboxError, AttributeError) as error:
        raise damaged(item, "its certificate is missing or damaged") from error
    try:
        require_own(item.ref, manifest, certificate)
    except NotSafeError as error:
        raise damaged(item, "its certificate belongs to another trace") from error
    return certificate


@dataclass(frozen=True, slots=True)
class Signature:
    """The keys trusted here that signed an item, or why there are none."""

    signers: tuple[TrustedKey, ...]
    problem: str | None = None


def signature_of(store: Store, item: Item, manifest: Guarded, certificate: Certificate) -> Signature:
    """Who signed this manifest with this certificate."""
    kind = noun(item.kind)
    try:
        content = store.read(item, MANIFEST_FILE)
        statement = published_statement(kind, manifest, content, certificate)
        signed = _attestation(store, item)
        return Signature(signers_of(signed, f"{kind} {item.ref}", statement, trusted_keys(), AGAIN))
    except SandboxError as error:
        return Signature((), told_of(item, str(error)))
    except OSError as error:
        raise damaged(item, f"its files cannot be read ({type(error).__name__})") from error


def _attestation(store: Store, item: Item) -> bytes | None:
    try:
        return store.read(item, ATTESTATION_FILE)
    except FileNotFoundError:
        return None


def require_usable(store: Store, item: Item, manifest: Guarded, certificate: Certificate) -> None:
    """Raises DamagedItemError unless the certificate passed, fits its own numbers, and is signed by a trusted key."""
    if not certificate.passed:
        raise damaged(item, "its certificate did not pass")
    if problems := certificate.problems():
        raise damaged(item, f"its certificate does not hold ({problems[0]})")
    if problem := signature_of(store, item, manifest, certificate).problem:
        raise DamagedItemError(item.ref, problem)


def told_of(item: Item, words: str) -> str:
    """The words of the library without the item's name, which stands beside it in this server's answers."""
    what = f"{noun(item.kind)} {item.ref}"
    for name, instead in ((f"{what} is refused: ", ""), (f"{what}: ", ""), (f"{what} ", "it ")):
        if words.startswith(name):
            return instead + words.removeprefix(name)
    return words


def shape_table(store: Store, item: Item, manifest: Manifest) -> pa.Table:
    """The shape's rows (packs.schema.SHAPE)."""
    wanted = {resource.path: resource.sha256 for resource in manifest.resources}
    try:
        content = store.read(item, SHAPE_FILE)
        if digest_bytes(content) != wanted.get(SHAPE_FILE):
            raise damaged(item, f"{SHAPE_FILE} was changed after publishing")
        return pq.read_table(io.BytesIO(content))
    except (OSError, pa.ArrowException) as error:
        raise damaged(item, f"{SHAPE_FILE} is missing or damaged") from error


def fixtures_manifest_of(item: Item) -> FixtureManifest:
    """The manifest of a fixture set, if it is one of this format, unchanged, and of this name and version."""
    _require_kept(item)
    try:
        _require_format(item, FIXTURE_FORMAT, FIXTURE_FORMAT)
        manifest = FixtureManifest.from_json(item.manifest)
        holds = manifest.digest == manifest.computed_digest()
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise damaged(item, "its manifest is damaged") from error
    if not holds:
        raise damaged(item, "its manifest was changed after publishing")
    if (manifest.name, manifest.version) != (item.name, item.version):
        raise damaged(item, "its manifest names another set or version")
    return manifest


def damaged(item: Item, reason: str) -> DamagedItemError:
    """The error of an item that does not hold."""
    return DamagedItemError(item.ref, f"{reason}; publish it again")


def _require_kept(item: Item) -> None:
    if item.withdrawn:
        raise WithdrawnItemError(item.ref, f"it {item.withdrawn.sentence}")


def _parsed(item: Item) -> Manifest:
    _require_kept(item)
    try:
        _require_format(item, PACK_FORMAT, SIGNED_FORMAT)
        manifest = Manifest.from_json(item.manifest)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise damaged(item, "its manifest is damaged") from error
    if not _well_typed(manifest):
        raise damaged(item, "its manifest is damaged")
    return manifest


def _require_format(item: Item, current: int, oldest: int) -> None:
    """Raises KeyError or TypeError where no format is named."""
    found = item.manifest["format"]
    if found > current:
        raise DamagedItemError(item.ref, f"its format is newer than {current}, which this server reads: upgrade it")
    if found < oldest:
        raise damaged(item, f"its format {found} was not signed")


def _well_typed(manifest: Manifest) -> bool:
    if not all(isinstance(getattr(manifest, name), kind) for name, kind in _TYPES.items()):
        return False
    numbers = (manifest.span_us, manifest.seed, *manifest.counts.values())
    return all(type(number) is int for number in numbers)
