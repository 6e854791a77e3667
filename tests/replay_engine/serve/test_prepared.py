"""Prepared once, mapped afterwards, never trusted over the pack."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from smartsandbox.packs.pack import Pack
from smartsandbox.packs.store import IMAGES, PACKS, Store
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.serve import prepared
from smartsandbox.replay_engine.serve.prepared import Prepared

NOW = datetime(2026, 1, 31, tzinfo=UTC)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SMARTSANDBOX_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / IMAGES


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Pack]:
    """The packs that were prepared, in order."""
    packs: list[Pack] = []
    write = prepared._write

    def counted(pack: Pack, path: Path, about: str) -> None:
        packs.append(pack)
        write(pack, path, about)

    monkeypatch.setattr(prepared, "_write", counted)
    return packs


def a_pack(folder: Path, body: bytes = b"one") -> Pack:
    return make_pack(folder, [an_exchange("e", a_request(target="/a"), a_response(body=body))])


def body_of(pack: Pack) -> bytes:
    return Prepared.of(pack).rows.answer_body(0)


def test_a_pack_is_prepared_once(cache: Path, made: list[Pack], tmp_path: Path) -> None:
    pack = a_pack(tmp_path)
    assert [body_of(pack), body_of(pack)] == [b"one", b"one"]
    assert len(made) == 1


def test_a_damaged_image_is_made_again(cache: Path, made: list[Pack], tmp_path: Path) -> None:
    pack = a_pack(tmp_path)
    Prepared.of(pack)
    (image,) = cache.rglob("*.image")
    image.write_bytes(image.read_bytes().replace(b"one", b"two"))
    assert body_of(pack) == b"one"
    assert len(made) == 2


def test_an_image_that_others_may_write_is_made_again(cache: Path, made: list[Pack], tmp_path: Path) -> None:
    pack = a_pack(tmp_path)
    Prepared.of(pack)
    (image,) = cache.rglob("*.image")
    image.chmod(0o666)
    assert body_of(pack) == b"one"
    assert len(made) == 2
    assert image.stat().st_mode & 0o022 == 0


def test_the_image_of_another_pack_is_not_taken(cache: Path, tmp_path: Path) -> None:
    one, two = a_pack(tmp_path / "1", b"one"), a_pack(tmp_path / "2", b"two")
    Prepared.of(one)
    Prepared.of(two)
    images = {path.parent.name: path for path in cache.rglob("*.image")}
    images[one.manifest.digest].replace(images[two.manifest.digest])
    assert body_of(two) == b"two"


def test_where_the_cache_cannot_be_written_serving_goes_on(
    tmp_path: Path, made: list[Pack], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("SMARTSANDBOX_CACHE", str(tmp_path / "file"))
    assert body_of(a_pack(tmp_path)) == b"one"


def test_images_are_bounded_and_the_last_used_stay(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared, "_KEPT", 2)
    packs = [a_pack(tmp_path / str(n), b"%d" % n) for n in range(3)]
    for pack in (packs[0], packs[1], packs[0], packs[2]):
        Prepared.of(pack)
    assert {path.name for path in cache.iterdir()} == {packs[0].manifest.digest, packs[2].manifest.digest}


def test_withdrawing_a_pack_forgets_its_image(cache: Path, tmp_path: Path) -> None:
    pack, store = a_pack(tmp_path), Store(str(tmp_path / "store"))
    ref = store.put(PACKS, pack.folder, "sample", "1").ref
    Prepared.of(pack)
    store.withdraw(PACKS, ref, "erasure", NOW)
    assert list(cache.iterdir()) == []


def test_a_withdrawn_digest_cannot_lead_out_of_the_cache(cache: Path, tmp_path: Path) -> None:
    pack, store = a_pack(tmp_path), Store(str(tmp_path / "store"))
    item = store.put(PACKS, pack.folder, "sample", "1")
    cache.mkdir(parents=True)
    (tmp_path / "cache" / "other").mkdir()
    manifest = Path(item.url) / "manifest.json"
    manifest.write_bytes(orjson.dumps({**orjson.loads(manifest.read_bytes()), "digest": "../other"}))
    store.withdraw(PACKS, item.ref, "erasure", NOW)
    assert (tmp_path / "cache" / "other").is_dir()
