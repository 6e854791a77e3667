from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from smartsandbox.packs.errors import RefusedError
from smartsandbox.packs.store import FIXTURES, PACKS, Store
from smartsandbox.server.errors import DamagedItemError, UnknownItemError
from smartsandbox.server.service.items import find, open_item


@pytest.mark.parametrize(("kind", "noun"), [(PACKS, "pack"), (FIXTURES, "fixture set")])
def test_what_is_not_published_is_named_as_users_call_it(store: Store, kind: str, noun: str) -> None:
    with pytest.raises(UnknownItemError, match=f"no {noun} payments@1 is published here"):
        find(store, kind, "payments", "1")


def test_a_refusal_names_the_item_and_no_folder(publish: Any, store: Store, tmp_path: Path) -> None:
    def refuse(folder: Path) -> None:
        raise RefusedError(f"pack {folder} is refused: shape.parquet is missing")

    with pytest.raises(DamagedItemError) as caught:
        open_item(store, publish("payments"), refuse)
    assert caught.value.reason == "shape.parquet is missing"
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("error", [OSError("no"), ValueError("no"), pa.ArrowInvalid("no")])
def test_files_that_cannot_be_read_make_a_damaged_item(publish: Any, store: Store, error: Exception) -> None:
    def fail(folder: Path) -> None:
        raise error

    with pytest.raises(DamagedItemError, match="its files cannot be read"):
        open_item(store, publish("payments"), fail)
