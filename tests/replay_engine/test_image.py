"""An image is whole or it is not there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from smartsandbox.replay_engine.image import ImageError, ImageWriter, open_image


def written(path: Path, about: str = "a pack") -> Path:
    with ImageWriter(path, about) as image:
        image.add("letters", [b"abc", b"", b"def"])
        image.add("nothing", [])
        image.add("numbers", [np.arange(3, dtype=np.int64)])
    return path


def test_parts_come_back_as_they_were_written(tmp_path: Path) -> None:
    parts = open_image(written(tmp_path / "x.image"), "a pack")
    assert {name: bytes(part[:]) for name, part in parts.items()} == {
        "letters": b"abcdef",
        "nothing": b"",
        "numbers": np.arange(3, dtype=np.int64).tobytes(),
    }


def test_what_was_added_can_be_read_before_the_file_is_complete(tmp_path: Path) -> None:
    with ImageWriter(tmp_path / "x.image", "a pack") as image:
        image.add("first", [b"abc"])
        assert image.parts()["first"][:] == b"abc"
        image.add("second", [b"def"])
    assert open_image(tmp_path / "x.image", "a pack")["second"][:] == b"def"


def test_every_changed_byte_of_a_part_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path / "x.image")
    whole = path.read_bytes()
    for at in (0, 5, whole.index(np.arange(3, dtype=np.int64).tobytes())):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(ImageError, match="damaged"):
            open_image(path, "a pack")


@pytest.mark.parametrize("kept", [0, 8, 4096, -1])
def test_a_file_that_was_cut_is_not_an_image(tmp_path: Path, kept: int) -> None:
    path = written(tmp_path / "x.image")
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ImageError):
        open_image(path, "a pack")


def test_an_image_of_something_else_is_refused_and_so_is_none(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="something else"):
        open_image(written(tmp_path / "x.image", "another pack"), "a pack")
    with pytest.raises(ImageError):
        open_image(tmp_path / "none.image", "a pack")


def test_a_failure_leaves_no_file_and_the_old_one_in_its_place(tmp_path: Path) -> None:
    path = written(tmp_path / "x.image")

    def fail() -> None:
        with ImageWriter(path, "a pack") as image:
            image.add("first", [b"new"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [file.name for file in tmp_path.iterdir()] == ["x.image"]
    assert open_image(path, "a pack")["letters"][:] == b"abcdef"
