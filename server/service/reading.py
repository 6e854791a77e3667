"""The parts of a published pack or fixture set, each read alone and checked against what vouches for it.

The manifest vouches for itself by its digest, the certificate is bound to it by its own digest, and every file by its
SHA-256. All errors are DamagedItemError with the pack's name and what to do.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from smartsandbox.fixtures.manifest import FIXTURE_FORMAT, FixtureManifest
from smartsandbox.packs.canonical import digest_bytes
from smartsandbox.packs.certificate import CERTIFICATE_FILE, Certificate
from smartsandbox.packs.errors import SandboxError
from smartsandbox.packs.manifest import PACK_FORMAT, Manifest
from smartsandbox.packs.store import Item, Store
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


def certificate_of(store: Store, item: Item, inputs: Mapping[str, str]) -> Certificate:
    """The certificate that a manifest's inputs cite, whether it passed or not."""
    try:
        certificate = Certificate.from_json(orjson.loads(store.read(item, CERTIFICATE_FILE)))
    except (OSError, ValueError, SandboxError, AttributeError) as error:
        raise damaged(item, "its certificate is missing or damaged") from error
    if certificate.digest != inputs.get("certificate"):
        raise damaged(item, "its certificate belongs to another trace")
    return certificate


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
        if item.manifest["format"] > FIXTURE_FORMAT:
            raise DamagedItemError(
                item.ref, f"its format is newer than {FIXTURE_FORMAT}, which this server reads: upgrade it"
            )
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
        newer = item.manifest["format"] > PACK_FORMAT
        manifest = Manifest.from_json(item.manifest)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise damaged(item, "its manifest is damaged") from error
    if newer:
        raise DamagedItemError(item.ref, f"its format is newer than {PACK_FORMAT}, which this server reads: upgrade it")
    if not _well_typed(manifest):
        raise damaged(item, "its manifest is damaged")
    return manifest


def _well_typed(manifest: Manifest) -> bool:
    if not all(isinstance(getattr(manifest, name), kind) for name, kind in _TYPES.items()):
        return False
    numbers = (manifest.span_us, manifest.seed, *manifest.counts.values())
    return all(type(number) is int for number in numbers)
