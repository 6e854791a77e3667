"""A pack prepared for serving: its rows, indexes and ready answers in one image that all processes map.

Preparing is done once: images are kept in the cache folder under the digest of their pack. One is opened only for a
pack that has itself been opened and checked, and only if it was made of this very manifest in this format (ADR 9).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path

from smartsandbox.packs.canonical import digest_file
from smartsandbox.packs.manifest import MANIFEST_FILE
from smartsandbox.packs.matching_rules import Matching
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.store import IMAGES, cache_folder
from smartsandbox.replay_engine.image import ImageError, ImageWriter, open_image
from smartsandbox.replay_engine.index import KeyIndex
from smartsandbox.replay_engine.matching.lookup import Lookup
from smartsandbox.replay_engine.matching.tiers import Tiers, write_tiers
from smartsandbox.replay_engine.rows import Rows, write_rows
from smartsandbox.replay_engine.serve.ready import Ready, write_ready
from smartsandbox.replay_engine.targets import Targets, write_targets
from smartsandbox.replay_engine.websocket.conversations import Conversations, write_conversations

FORMAT = 5
"""Of what is prepared; raise it with any change to what the writers add."""
_KEPT = 16
"""Images in the cache folder; the ones opened longest ago go first."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What serving reads of a pack."""

    rows: Rows
    index: KeyIndex
    targets: Targets
    tiers: Tiers
    ready: Ready
    conversations: Conversations

    @staticmethod
    def of(pack: Pack) -> Prepared:
        """Map the image of a pack, which is made first where there is none that holds."""
        parts = _parts(pack)
        return Prepared(
            Rows.read(parts),
            KeyIndex.read(parts),
            Targets.read(parts),
            Tiers.read(parts),
            Ready.read(parts),
            Conversations.read(parts),
        )

    def lookup(self, pack: Pack, matching: Matching | None = None) -> Lookup:
        """All tiers over the pack, under its own rules or others."""
        return Lookup.under(pack, self.rows, (self.index, self.tiers), matching)


def _parts(pack: Pack) -> Mapping[str, bytes | mmap]:
    about = f"{FORMAT} {digest_file(pack.folder / MANIFEST_FILE)}"
    path = cache_folder() / IMAGES / pack.manifest.digest / f"{FORMAT}.image"
    try:
        parts = _open(path, about)
        os.utime(path.parent)
    except (ImageError, OSError):
        parts = _made(pack, path, about)
    return parts


def _open(path: Path, about: str) -> Mapping[str, bytes | mmap]:
    """Raises ImageError for an image that others than this user could have written."""
    owner = path.stat()
    if owner.st_uid != os.geteuid() or owner.st_mode & 0o022:
        raise ImageError(f"{path} is not this user's own")
    return open_image(path, about)


def _made(pack: Pack, path: Path, about: str) -> Mapping[str, bytes | mmap]:
    """Make the image in its place, or, where nothing can be written there, in a file without a name."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(pack, path, about)
        _forget_all_but(_KEPT, path.parent.parent)
        return open_image(path, about)
    except OSError:
        with tempfile.TemporaryDirectory(prefix="smartsandbox-") as folder:
            path = Path(folder) / path.name
            _write(pack, path, about)
            return open_image(path, about)


def _write(pack: Pack, path: Path, about: str) -> None:
    with ImageWriter(path, about) as image:
        write_rows(pack, image.add)
        rows = Rows.read(image.parts())
        index = KeyIndex.build(rows.key)
        index.write(image.add)
        write_targets(pack, index, image.add)
        write_tiers(pack, image.add)
        write_ready(pack, rows, image.add)
        write_conversations(pack, image.add)


def _forget_all_but(count: int, folder: Path) -> None:
    for old in sorted(folder.iterdir(), key=lambda path: -path.stat().st_mtime)[count:]:
        shutil.rmtree(old, ignore_errors=True)
