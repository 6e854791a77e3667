from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from smartsandbox.packs.manifest import Resource
from smartsandbox.server.service.archive import FORMATS, archive, bundle_of

FILES = {"manifest.json": b"{}\n", "attestation.json": b"{}", "a.parquet": os.urandom(2_500_000), "empty.jsonl": b""}
RESOURCES = [Resource(name, 0, "", "", 0) for name in FILES if name not in ("manifest.json", "attestation.json")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def read_tar(content: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(content)) as opened:
        return {entry.name: opened.extractfile(entry).read() for entry in opened}  # type: ignore[union-attr]


def read_zip(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.mark.parametrize(("form", "read"), [("tar", read_tar), ("zip", read_zip)])
def test_an_archive_holds_every_file_under_the_items_name(folder: Path, form: str, read: object) -> None:
    content = b"".join(archive(bundle_of(folder, "payments", "1", RESOURCES), form))
    found = read(content)  # type: ignore[operator]
    assert found == {f"payments-1/{name}": data for name, data in FILES.items()}
    assert list(found) == sorted(found)


@pytest.mark.parametrize(("form", "read"), [("tar", read_tar), ("zip", read_zip)])
def test_a_file_that_the_manifest_does_not_name_is_not_handed_out(folder: Path, form: str, read: object) -> None:
    (folder / "left-behind.txt").write_text("not published")
    (folder / "link.txt").symlink_to("/etc/hostname")
    content = b"".join(archive(bundle_of(folder, "payments", "1", RESOURCES), form))
    assert set(read(content)) == {f"payments-1/{name}" for name in FILES}  # type: ignore[operator]


@pytest.mark.parametrize("form", list(FORMATS))
def test_an_archive_has_the_same_bytes_whatever_the_files_times(folder: Path, form: str) -> None:
    bundle = bundle_of(folder, "payments", "1", RESOURCES)
    before = b"".join(archive(bundle, form))
    for file in folder.iterdir():
        os.utime(file, (1, 1))
        file.chmod(0o600)
    assert b"".join(archive(bundle, form)) == before


@pytest.mark.parametrize("form", list(FORMATS))
def test_an_archive_comes_in_pieces(folder: Path, form: str) -> None:
    assert max(map(len, archive(bundle_of(folder, "payments", "1", RESOURCES), form))) < 1_100_000
