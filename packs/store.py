"""The pack store: a folder or an object store addressed by URL through fsspec.

    STORE/<kind>/<name>/<version>/manifest.json ...      kind is "packs" or "fixtures"
    STORE/<kind>/<name>/<version>/withdrawn.json         all that is left of a withdrawn version

An item is published by copying its files and then its manifest, so that a reader sees either all of it or nothing.
Packs are read from a local folder; from a remote store they are fetched once into a cache folder that is named by the
digest of the manifest and the attestation, which between them name every byte.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import orjson

from smartsandbox.packs.attestation import ATTESTATION_FILE, joined
from smartsandbox.packs.canonical import digest_rows
from smartsandbox.packs.errors import RefusedError, UsageError
from smartsandbox.packs.manifest import MANIFEST_FILE, checked_name
from smartsandbox.packs.withdrawal import WITHDRAWN_FILE, Tombstone, moment

PACKS = "packs"
FIXTURES = "fixtures"
IMAGES = "images"
"""The folder in the cache for what serving prepares of packs, by their digests."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Item:
    """One published pack or fixture set: its place and its manifest as it stands, which is empty once withdrawn."""

    kind: str
    name: str
    version: str
    url: str
    manifest: dict[str, Any]
    withdrawn: Tombstone | None = None

    @property
    def ref(self) -> str:
        """The name a user types: "name@version"."""
        return f"{self.name}@{self.version}"


class Store:
    """A pack store at a URL ("./store", "s3://bucket/prefix", "memory://x")."""

    def __init__(self, url: str) -> None:
        import fsspec  # not where a pack is named by its folder

        self.url = url
        try:
            self._files, self._root = fsspec.core.url_to_fs(url)
        except (ValueError, ImportError) as error:
            raise UsageError(f"store {url!r} cannot be opened: {error}") from error

    def put(self, kind: str, folder: Path, name: str, version: str) -> Item:
        """Publish a finished folder. An item of that name and version with the same manifest is left as it is, but for
        its attestation, which gains this folder's signature.

        Raises UsageError if the version exists with another content: published versions do not change. A version that
        was withdrawn is never published again.
        """
        self._require_not_withdrawn(kind, name, version)
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
        """By "name@version", or by name alone: the version that was published last.

        Raises UsageError where there is none, RefusedError where all there was is withdrawn.
        """
        name, _, version = ref.partition("@")
        found = [item for item in self.list(kind) if item.name == name and version in ("", item.version)]
        if not found:
            self._refuse_withdrawn(kind, ref, version)
            raise UsageError(f"no {noun(kind)} {ref!r} in store {self.url}{self._instead(kind, name)}")
        item = max(found, key=lambda item: (self.published(item), item.version))
        self._refuse_withdrawn(kind, item.ref, item.version)
        return item

    @property
    def missing(self) -> bool:
        """Whether it is a folder of this machine that is not there; nothing was published to it yet."""
        return "file" in _protocols(self._files) and not self._files.exists(self._root)

    def _instead(self, kind: str, name: str) -> str:
        """How an error goes on: what there is in the place of a name that is not."""
        if self.missing:
            return ", which does not exist: name the store with --store or SMARTSANDBOX_STORE"
        close = get_close_matches(name, {item.name for item in self.list(kind)}, 1)
        return f"{f': did you mean {close[0]!r}?' if close else ';'} `smartsandbox {kind} list` shows them"

    def published(self, item: Item) -> float:
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

    def withdraw(self, kind: str, ref: str, reason: str, now: datetime) -> Tombstone:
        """Remove the files of "name@version" and leave a tombstone, which is written first: an interrupted withdrawal
        is finished by the next, and meanwhile the version is refused. One that was withdrawn keeps its tombstone.

        Raises UsageError where the version is not named, or is not in the store.
        """
        name, _, version = ref.partition("@")
        if not version:
            raise UsageError(f"{ref!r} names no version: give NAME@VERSION; `smartsandbox {kind} list` shows them")
        target = f"{self._root}/{kind}/{checked_name(name)}/{checked_name(version, 'version')}"
        stone = self._tombstone(kind, name, version) or self._stone_of(kind, target, reason, now)
        try:
            self._files.pipe_file(f"{target}/{WITHDRAWN_FILE}", stone.to_bytes())
            self._remove_files(target)
        except OSError as error:
            raise UsageError(f"store {self.url} cannot be written: {error.strerror or type(error).__name__}") from error
        _forget_cached(stone)
        return stone

    def withdrawn(self, kind: str, name: str = "*") -> Sequence[Tombstone]:
        """The tombstones of a kind (of one name, if it is given), sorted by name and version."""
        found = sorted(map(str, self._files.glob(f"{self._root}/{kind}/{name}/*/{WITHDRAWN_FILE}")))
        places = (path.split("/")[-3:-1] for path in found)
        return [stone for name, version in places if (stone := self._tombstone(kind, name, version))]

    def _stone_of(self, kind: str, target: str, reason: str, now: datetime) -> Tombstone:
        if not self._files.exists(f"{target}/{MANIFEST_FILE}"):
            raise UsageError(f"no such {noun(kind)} in store {self.url}; `smartsandbox {kind} list` shows them")
        item = self._item(kind, target)
        inputs = item.manifest.get("inputs")
        trace = inputs.get("trace") if isinstance(inputs, dict) else None
        digest = str(item.manifest.get("digest") or "unknown")
        return Tombstone(kind, item.name, item.version, digest, str(trace or "unknown"), moment(now), reason)

    def _tombstone(self, kind: str, name: str, version: str) -> Tombstone | None:
        try:
            content = self._files.cat_file(f"{self._root}/{kind}/{name}/{version}/{WITHDRAWN_FILE}")
        except (FileNotFoundError, NotADirectoryError):
            return None
        return Tombstone.of(kind, name, version, content)

    def _remove_files(self, target: str) -> None:
        """The manifest first, so that no reader finds a version with a part of its files."""
        self._files.invalidate_cache()
        paths = [str(path) for path in self._files.ls(target, detail=False) if not str(path).endswith(WITHDRAWN_FILE)]
        for path in sorted(paths, key=lambda path: (not path.endswith(f"/{MANIFEST_FILE}"), path)):
            self._files.rm_file(path)

    def _require_not_withdrawn(self, kind: str, name: str, version: str) -> None:
        stone = self._tombstone(kind, name, version)
        if stone:
            raise RefusedError(f"{noun(kind)} {stone.ref} {stone.sentence}: publish under another version")

    def _refuse_withdrawn(self, kind: str, ref: str, version: str) -> None:
        stones = [stone for stone in self.withdrawn(kind, ref.partition("@")[0]) if version in ("", stone.version)]
        if stones:
            raise RefusedError(_refusal(max(stones, key=lambda stone: stone.withdrawn_at)))

    def _item(self, kind: str, target: str) -> Item:
        name, version = target.rstrip("/").split("/")[-2:]
        try:
            manifest = orjson.loads(self._files.cat_file(f"{target}/{MANIFEST_FILE}"))
        except orjson.JSONDecodeError:
            manifest = {}
        return Item(kind, name, version, target, manifest if isinstance(manifest, dict) else {})


def _protocols(files: Any) -> tuple[str, ...]:
    return (files.protocol,) if isinstance(files.protocol, str) else tuple(files.protocol)


def noun(kind: str) -> str:
    """What users call an item of a kind."""
    return "pack" if kind == PACKS else "fixture set"


def _refusal(stone: Tombstone) -> str:
    listed = f"`smartsandbox {stone.kind} list` shows what is published"
    return f"{noun(stone.kind)} {stone.ref} {stone.sentence} and is not handed out; {listed}"


def _forget_cached(stone: Tombstone) -> None:
    """This machine's copies of a withdrawn version. Others' are refused by name, and end with their cache."""
    if _DIGEST.fullmatch(stone.digest):
        shutil.rmtree(cache_folder() / IMAGES / stone.digest, ignore_errors=True)
    for manifest in (cache_folder() / stone.kind).glob(f"*/{MANIFEST_FILE}"):
        try:
            held = orjson.loads(manifest.read_bytes()).get("digest")
        except (orjson.JSONDecodeError, AttributeError, OSError):
            continue
        if held == stone.digest:
            shutil.rmtree(manifest.parent, ignore_errors=True)


def cache_folder() -> Path:
    """Where remote packs are kept: $SMARTSANDBOX_CACHE, else the user's cache folder."""
    base = os.environ.get("SMARTSANDBOX_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "smartsandbox"
    )
    return Path(base)


def locate(kind: str, ref: str, store_url: str) -> Path:
    """The local folder of a pack or fixture set named by a path or by "name[@version]" in a store.

    Raises UsageError, naming both places looked in, or RefusedError where it was withdrawn.
    """
    path = Path(ref)
    if (path / WITHDRAWN_FILE).is_file():
        name, version = path.resolve().parts[-2:]
        raise RefusedError(_refusal(Tombstone.of(kind, name, version, (path / WITHDRAWN_FILE).read_bytes())))
    if (path / MANIFEST_FILE).is_file():
        return path
    if "/" in ref or path.exists():
        raise UsageError(f"nothing published at {ref}: it holds no {MANIFEST_FILE}")
    store = Store(store_url)
    return store.local(store.find(kind, ref))
