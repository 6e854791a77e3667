"""Withdrawal: a version leaves the store, is refused, and never comes back under its name."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import fsspec
import pytest

from smartsandbox.packs.errors import RefusedError, UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.store import PACKS, Store, locate
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.packs.withdrawal import Tombstone

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


def a_pack(folder: Path, status: int = 200) -> Pack:
    return make_pack(folder, [an_exchange("e", a_request(), a_response(status))])


@pytest.fixture(params=["folder", "object store"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("SMARTSANDBOX_CACHE", str(tmp_path / "cache"))
    return Store(str(tmp_path / "store") if request.param == "folder" else f"memory://{tmp_path.name}")


def put(store: Store, pack: Pack, version: str) -> str:
    return store.put(PACKS, pack.folder, "sample", version).ref


def files_of(store: Store) -> list[str]:
    files, root = fsspec.core.url_to_fs(store.url)
    return [str(path).rsplit("/", 1)[1] for path in files.find(root)]


def test_a_withdrawn_version_leaves_nothing_but_its_tombstone(store: Store, tmp_path: Path) -> None:
    pack = a_pack(tmp_path / "p")
    ref = put(store, pack, "1.0")

    stone = store.withdraw(PACKS, ref, "erasure", NOW)

    assert files_of(store) == ["withdrawn.json"]
    assert store.list(PACKS) == []
    assert list(store.withdrawn(PACKS)) == [stone]
    trace = pack.manifest.inputs["trace"]
    wanted = Tombstone(PACKS, "sample", "1.0", pack.manifest.digest, trace, "2026-01-31T12:00:00Z", "erasure")
    assert stone == wanted


def test_a_withdrawn_version_is_refused_by_name_and_by_reference(store: Store, tmp_path: Path) -> None:
    ref = put(store, a_pack(tmp_path / "p"), "1.0")
    locate(PACKS, ref, store.url)
    store.withdraw(PACKS, ref, "incident", NOW)

    for named in (ref, "sample"):
        with pytest.raises(RefusedError, match=r"sample@1\.0 was withdrawn on 2026-01-31 \(incident\)"):
            locate(PACKS, named, store.url)
    assert not list((tmp_path / "cache").rglob("manifest.json"))


def test_a_bare_name_passes_over_withdrawn_versions(store: Store, tmp_path: Path) -> None:
    put(store, a_pack(tmp_path / "p"), "1.0")
    put(store, a_pack(tmp_path / "q", 201), "2.0")
    store.withdraw(PACKS, "sample@2.0", "replaced", NOW)

    assert store.find(PACKS, "sample").ref == "sample@1.0"


def test_a_withdrawn_version_is_never_published_again(store: Store, tmp_path: Path) -> None:
    pack = a_pack(tmp_path / "p")
    store.withdraw(PACKS, put(store, pack, "1.0"), "erasure", NOW)

    for folder in (pack.folder, a_pack(tmp_path / "q", 201).folder):
        with pytest.raises(RefusedError, match="publish under another version"):
            store.put(PACKS, folder, "sample", "1.0")


def test_an_interrupted_withdrawal_is_refused_and_finished_by_the_next(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"))
    ref = put(store, a_pack(tmp_path / "p"), "1.0")
    folder = Path(store.find(PACKS, ref).url)
    (folder / "withdrawn.json").write_text("{")  # cut short, and the files are still there

    with pytest.raises(RefusedError, match="was withdrawn on unknown"):
        store.find(PACKS, ref)
    store.withdraw(PACKS, ref, "erasure", NOW)

    assert [path.name for path in folder.iterdir()] == ["withdrawn.json"]


def test_a_folder_that_was_withdrawn_is_refused_by_its_path(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"))
    item = store.put(PACKS, a_pack(tmp_path / "p").folder, "sample", "1.0")
    store.withdraw(PACKS, item.ref, "erasure", NOW)

    with pytest.raises(RefusedError, match="was withdrawn"):
        locate(PACKS, item.url, "unused")


@pytest.mark.parametrize("ref", ["sample", "sample@9", "nope@1.0", "../x@1.0", "sample@../.."])
def test_what_cannot_be_withdrawn_is_a_usage_error(store: Store, tmp_path: Path, ref: str) -> None:
    put(store, a_pack(tmp_path / "p"), "1.0")

    with pytest.raises(UsageError):
        store.withdraw(PACKS, ref, "erasure", NOW)
    assert len(store.list(PACKS)) == 1
