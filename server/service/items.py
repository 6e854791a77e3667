"""Items of the store as the use cases take them: listed, found by name, opened.

Whatever goes wrong leaves as an error of this server, in words for someone who knows the item's name and no folder.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from smartsandbox.packs.errors import SandboxError
from smartsandbox.packs.store import Item, Store, noun
from smartsandbox.packs.withdrawal import Tombstone
from smartsandbox.server.errors import DamagedItemError, StoreUnreachableError, UnknownItemError
from smartsandbox.server.service.reading import damaged, told_of

T = TypeVar("T")


def listed(store: Store, kind: str, name: str = "*") -> list[Item]:
    """Every item of a kind, or of one name, the withdrawn ones last. Raises StoreUnreachableError."""
    try:
        return [*store.list(kind, name), *map(_gone, store.withdrawn(kind, name))]
    except OSError as error:
        raise StoreUnreachableError(f"the store cannot be listed now ({type(error).__name__}): try again") from error


def find(store: Store, kind: str, name: str, version: str) -> Item:
    """One item; its names have passed the pattern of the API. Raises UnknownItemError."""
    item = store.get(kind, name, version) or _withdrawn(store, kind, name, version)
    if item is None:
        what = f"{noun(kind)} {name}@{version}"
        raise UnknownItemError(f"no {what} is published here; the catalogue lists those that are")
    return item


def _withdrawn(store: Store, kind: str, name: str, version: str) -> Item | None:
    return next((_gone(stone) for stone in store.withdrawn(kind, name) if stone.version == version), None)


def _gone(stone: Tombstone) -> Item:
    return Item(stone.kind, stone.name, stone.version, "", {}, stone)


def open_item(store: Store, item: Item, open_folder: Callable[[Path], T]) -> T:
    """What `open_folder` makes of the item's local folder. Raises DamagedItemError."""
    folder = Path(item.url)
    try:
        folder = store.local(item)
        return open_folder(folder)
    except SandboxError as error:
        # The library names the folder for someone at a shell; in a browser the item's own name is what helps.
        words = str(error).replace(str(folder), item.ref)
        raise DamagedItemError(item.ref, told_of(item, words)) from error
    except (OSError, ValueError, pa.ArrowException) as error:
        raise damaged(item, f"its files cannot be read ({type(error).__name__})") from error
