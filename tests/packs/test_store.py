"""The store: published once, found by name, fetched whole."""

from __future__ import annotations

import os
from pathlib import Path

import fsspec
import pytest

from smartsandbox.packs.errors import RefusedError, UsageError
from smartsandbox.packs.guard import PACK, attest_published
from smartsandbox.packs.keyring import TrustedKey, trusted_keys
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.signing import SigningKey
from smartsandbox.packs.store import PACKS, Store, locate
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack


def a_pack(folder: Path, status: int = 200) -> Pack:
    return make_pack(folder, [an_exchange("e", a_request(), a_response(status))])


def put(store: Store, pack: Pack) -> str:
    return store.put(PACKS, pack.folder, pack.manifest.name, pack.manifest.version).ref


def test_a_published_pack_is_listed_and_found(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"))
    ref = put(store, a_pack(tmp_path / "p"))

    assert [item.ref for item in store.list(PACKS)] == [ref]
    assert Pack.open(locate(PACKS, ref, store.url)).manifest.name == "sample"
    assert Pack.open(locate(PACKS, "sample", store.url)).manifest.name == "sample"


def test_publishing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"))

    assert put(store, a_pack(tmp_path / "p")) == put(store, a_pack(tmp_path / "q"))
    assert len(store.list(PACKS)) == 1


def test_a_version_never_changes_its_content(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"))
    store.put(PACKS, a_pack(tmp_path / "p").folder, "sample", "1.0")

    with pytest.raises(UsageError, match="already published with other content"):
        store.put(PACKS, a_pack(tmp_path / "q", 201).folder, "sample", "1.0")


def test_a_bare_name_is_the_version_published_last(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"))
    first = put(store, a_pack(tmp_path / "p"))
    last = put(store, a_pack(tmp_path / "q", 201))
    for age, ref in ((10, last), (20, first)):
        os.utime(Path(store.find(PACKS, ref).url) / "manifest.json", (10**9 - age, 10**9 - age))

    assert store.find(PACKS, "sample").ref == last


def test_a_pack_is_found_by_its_folder(tmp_path: Path) -> None:
    pack = a_pack(tmp_path / "p")

    assert locate(PACKS, str(pack.folder), "unused") == pack.folder


def test_an_unknown_pack_says_where_it_was_sought(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no pack 'nope' in store"):
        locate(PACKS, "nope", str(tmp_path))
    with pytest.raises(UsageError, match="nothing published at"):
        locate(PACKS, str(tmp_path), str(tmp_path))


def test_a_name_that_is_nearly_one_is_answered_with_that_one(tmp_path: Path) -> None:
    put(Store(str(tmp_path / "s")), a_pack(tmp_path / "p"))
    with pytest.raises(UsageError, match=r"no pack 'smaple' in store .*: did you mean 'sample'\? `smartsandbox packs"):
        Store(str(tmp_path / "s")).find(PACKS, "smaple")


def test_a_store_that_does_not_exist_is_said_to(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no pack 'orders' in store .*, which does not exist: name the store with"):
        Store(str(tmp_path / "typo")).find(PACKS, "orders")


def test_an_unknown_kind_of_store_is_one_error() -> None:
    with pytest.raises(UsageError, match="cannot be opened"):
        Store("nosuch://bucket")


@pytest.fixture
def remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("SMARTSANDBOX_CACHE", str(tmp_path / "cache"))
    return Store(f"memory://{tmp_path.name}")


def test_a_remote_pack_is_fetched_once_and_verified(tmp_path: Path, remote: Store) -> None:
    ref = put(remote, a_pack(tmp_path / "p"))

    one, two = (locate(PACKS, ref, remote.url) for _ in range(2))

    assert one == two
    assert list(Pack.open(one).verify()) == []


def test_a_remote_manifest_cannot_name_a_place_outside_the_cache(tmp_path: Path, remote: Store) -> None:
    ref = put(remote, a_pack(tmp_path / "p"))
    url = f"{remote.find(PACKS, ref).url}/manifest.json"
    fsspec.filesystem("memory").pipe_file(url, b'{"digest": "../../escape"}')

    folder = locate(PACKS, ref, remote.url)

    assert folder.parent == tmp_path / "cache" / PACKS
    with pytest.raises(RefusedError, match="is damaged"):
        Pack.open(folder)


def test_a_remote_pack_that_is_signed_again_is_fetched_again(tmp_path: Path, remote: Store) -> None:
    pack, second = a_pack(tmp_path / "p"), SigningKey.new()
    before = locate(PACKS, put(remote, pack), remote.url)
    attest_published(PACK, pack.folder, pack.manifest, pack.certificate, second)

    after = locate(PACKS, put(remote, pack), remote.url)

    assert before != after
    both = Pack.open(after, (*trusted_keys(), TrustedKey(second.public, "second.pub"))).signers
    assert [one.name for one in both] == ["own signing key", "second.pub"]


def test_an_attestation_that_states_something_else_is_replaced(tmp_path: Path) -> None:
    store, pack = Store(str(tmp_path / "store")), a_pack(tmp_path / "p")
    ref = put(store, pack)
    (Path(store.find(PACKS, ref).url) / "attestation.json").write_text("{")

    put(store, pack)

    assert Pack.open(locate(PACKS, ref, store.url)).signers


def test_a_damaged_manifest_is_listed_not_crashed_on(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"))
    ref = put(store, a_pack(tmp_path / "p"))
    (Path(store.find(PACKS, ref).url) / "manifest.json").write_text("{")

    assert [(item.ref, item.manifest) for item in store.list(PACKS)] == [(ref, {})]


def test_a_store_that_cannot_be_written_is_the_callers_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UsageError, match="cannot be written"):
        put(Store(str(tmp_path / "file" / "store")), a_pack(tmp_path / "p"))
