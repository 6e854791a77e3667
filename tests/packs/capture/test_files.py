from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from smartsandbox.packs.capture import files
from smartsandbox.packs.capture.files import read_document, read_head
from smartsandbox.packs.errors import UnreadableError


@pytest.mark.parametrize(
    "stored",
    [
        b'{"a": "x"}',
        b'\xef\xbb\xbf{"a": "x"}',
        '{"a": "x"}'.encode("utf-16"),
        gzip.compress(b'{"a": "x"}', mtime=0),
        gzip.compress('{"a": "x"}'.encode("utf-16"), mtime=0),
    ],
)
def test_a_document_comes_out_the_same_however_it_was_saved(tmp_path: Path, stored: bytes) -> None:
    path = tmp_path / "capture"
    path.write_bytes(stored)
    assert read_document(path) == b'{"a": "x"}'
    assert read_head(path, 100) == b'{"a": "x"}'


def test_a_gzip_file_cut_short_is_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "capture"
    path.write_bytes(gzip.compress(b"x" * 1000)[:-9])
    with pytest.raises(UnreadableError, match="the gzip file is damaged or cut short"):
        read_document(path)


def test_a_document_over_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_DOCUMENT", 10)
    path = tmp_path / "capture"
    path.write_bytes(gzip.compress(b"x" * 11))
    with pytest.raises(UnreadableError, match="split the capture"):
        read_document(path)
