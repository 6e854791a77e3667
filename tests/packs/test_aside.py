from __future__ import annotations

from pathlib import Path

import pytest

from smartsandbox.packs.aside import written_aside


def test_the_new_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old").touch()
    with written_aside(tmp_path / "out") as aside:
        (aside / "new").touch()
        assert (tmp_path / "out" / "old").exists()
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "new"]


@pytest.mark.parametrize("stop", [OSError, KeyboardInterrupt])
def test_a_failure_or_an_interrupt_leaves_the_old_one_and_nothing_else(
    tmp_path: Path, stop: type[BaseException]
) -> None:
    def fail() -> None:
        with written_aside(tmp_path / "out") as aside:
            (aside / "half").touch()
            raise stop

    (tmp_path / "out").mkdir()
    with pytest.raises(stop):
        fail()
    assert [path.name for path in tmp_path.rglob("*")] == ["out"]
