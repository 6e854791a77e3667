"""The pack store: a folder or an object store addressed by URL through fsspec.

    STORE/<kind>/<name>/<version>/manifest.json ...      kind is "packs" or "fixtures"

An item is published by copying its files and then its manifest, so that a reader sees either all of it or nothing.
Packs are read from a local folder; from a remote store they are fetched once into a cache folder that is named by the
digest of the manifest and the attestation, which between them name every byte.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec
import orjson

from smartsandbox.packs.attestation import ATTESTATION_FILE, joined
from smartsandbox.packs.canonical import digest_rows
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.manifest import MANIFEST_FILE

PACKS = "packs"
FIXTURES = "fixtures"


@dataclass(frozen=True, slots=True)
class Item:
    """One published pack or fixture set: its place and its manifest as it stands."""

    kind: str
    name: str
    version: str
    url: str
    manifest: dict[str, Any]

    @property
    def ref(self) -> str:
        """The name a user types: "name@version"."""
        return f"{self.name}@{self.version}"


class Store:
    """A pack store at a URL ("./store", "s3://bucket/prefix", "memory://x")."""

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            self._files, self._root = fsspec.core.url_to_fs(url)
        except (ValueError, ImportError) as error:
            raise UsageError(f"store {url!r} cannot be opened: {error}") from error

    def put(self, kind: str, folder: Path, name: str, version: str) -> Item:
        """Publish a finished folder. An item of that name and version with the same manifest is left as it is, but for
        its attestation, which gains this folder's signature.

        Raises UsageError if the version exists with another content: published versions do not change.
        """
        target = f"{self._root}/{kind}/{name}/{version}"
        manifest = (folder / MANIFEST_FILE).read_bytes()
        try:
            if self._files.exists(f"{target}/{MANIFEST_FILE}"):
                if self._files.cat_file(f"{target}/{MANIFEST_FILE}") != manifest:
                    raise UsageError(
                        f"{name}@{version} is already published with other content: choose another version"
                    )
                self._countersign(target, folder)
                return self._item(kind, target)
            self._files.makedirs(target, exist_ok=True)
            for file in sorted(p for p in folder.iterdir() if p.name != MANIFEST_FILE):
                self._files.put_file(str(file), f"{target}/{file.name}")
            self._files.pipe_file(f"{target}/{MANIFEST_FILE}", manifest)
        except OSError as error:
            raise UsageError(f"store {self.url} cannot be written: {error.strerror or type(error).__name__}") from error
        return self._item(kind, target)

    def _countersign(self, target: str, folder: Path) -> None:
        new = (folder / ATTESTATION_FILE).read_bytes()
        old = self._optional(f"{target}/{ATTESTATION_FILE}")
        both = joined(old, new) if old is not None else new
        if both != old:
            self._files.pipe_file(f"{target}/{ATTESTATION_FILE}", both)

    def _optional(self, path: str) -> bytes | None:
        try:
            content: bytes = self._files.cat_file(path)
        except FileNotFoundError:
            return None
        return content

    def list(self, kind: str, name: str = "*") -> list[Item]:
        """Every published item (of one name, if it is given), sorted by name and version."""
        found = self._files.glob(f"{self._root}/{kind}/{name}/*/{MANIFEST_FILE}")
        return [self._item(kind, str(path).rsplit("/", 1)[0]) for path in sorted(map(str, found))]

    def get(self, kind: str, name: str, version: str) -> Item | None:
        """One item, or None. Its names must have passed `checked_name`, since they become a path."""
        target = f"{self._root}/{kind}/{name}/{version}"
        return self._item(kind, target) if self._files.exists(f"{target}/{MANIFEST_FILE}") else None

    def read(self, item: Item, file: str) -> bytes:
        """The bytes of one of an item's files, without fetching the rest. Raises OSError where it is missing."""
        content: bytes = self._files.cat_file(f"{item.url}/{file}")
        return content

    def find(self, kind: str, ref: str) -> Item:
        """By "name@version", or by name alone: the version that was published last. Raises UsageError."""
        name, _, version = ref.partition("@")
        found = [item for item in self.list(kind) if item.name == name and version in ("", item.version)]
        if not found:
            what = "pack" if kind == PACKS else "fixture set"
            raise UsageError(f"no {what} {ref!r} in store {self.url}; `smartsandbox {kind} list` shows them")
        return max(found, key=lambda item: (self._published(item), item.version))

    def _published(self, item: Item) -> float:
        """When an item's manifest was written, in seconds; stores name it differently, and 0 is "not known"."""
        info = self._files.info(f"{item.url}/{MANIFEST_FILE}")
        when = next((info[key] for key in ("mtime", "created", "LastModified", "updated") if info.get(key)), 0)
        return float(when.timestamp() if hasattr(when, "timestamp") else when)

    def local(self, item: Item) -> Path:
        """A local folder with the item's files; fetched into the cache if the store is remote."""
        if "file" in _protocols(self._files):
            return Path(item.url)
        parts = (self._optional(f"{item.url}/{file}") or b"" for file in (MANIFEST_FILE, ATTESTATION_FILE))
        digest = digest_rows(parts)
        cached = cache_folder() / item.kind / digest
        if not (cached / MANIFEST_FILE).exists():
            aside = cached.with_name(f"{digest}.{os.getpid()}.part")
            shutil.rmtree(aside, ignore_errors=True)
            aside.mkdir(parents=True)
            for path in self._files.ls(item.url, detail=False):
                self._files.get_file(path, str(aside / str(path).rsplit("/", 1)[1]))
            shutil.rmtree(cached, ignore_errors=True)
            aside.replace(cached)
        return cached

    def _item(self, kind: str, target: str) -> Item:
        name, version = target.rstrip("/").split("/")[-2:]
        try:
            manifest = orjson.loads(self._files.cat_file(f"{target}/{MANIFEST_FILE}"))
        except orjson.JSONDecodeError:
            manifest = {}
        return Item(kind, name, version, target, manifest if isinstance(manifest, dict) else {})


def _protocols(files: Any) -> tuple[str, ...]:
    return (files.protocol,) if isinstance(files.protocol, str) else tuple(files.protocol)


def cache_folder() -> Path:
    """Where remote packs are kept: $SMARTSANDBOX_CACHE, else the user's cache folder."""
    base = os.environ.get("SMARTSANDBOX_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "smartsandbox"
    )
    return Path(base)


def locate(kind: str, ref: str, store_url: str) -> Path:
    """The local folder of a pack or fixture set named by a path or by "name[@version]" in a store.

    Raises UsageError, naming both places looked in.
    """
    path = Path(ref)
    if (path / MANIFEST_FILE).is_file():
        return path
    if "/" in ref or path.exists():
        raise UsageError(f"nothing published at {ref}: it holds no {MANIFEST_FILE}")
    store = Store(store_url)
    return store.local(store.find(kind, ref))
