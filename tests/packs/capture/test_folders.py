from __future__ import annotations

from pathlib import Path

from smartsandbox.packs.capture.folders import Candidate, candidates


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_folders_are_walked_in_order_of_name_without_hidden_files(tmp_path: Path) -> None:
    touch(tmp_path / "b.har", tmp_path / "a" / "z.har", tmp_path / ".hidden", tmp_path / ".git" / "x.har")
    assert [item.path for item in candidates([tmp_path])] == [tmp_path / "a" / "z.har", tmp_path / "b.har"]


def test_a_named_file_is_given_even_if_its_folder_is_named_too(tmp_path: Path) -> None:
    file = tmp_path / "a.har"
    touch(file)
    assert candidates([file, tmp_path]) == [Candidate(file, str(file), given=True)]
    assert candidates([tmp_path, file]) == [Candidate(file, str(file), given=True)]


def test_a_missing_file_is_still_a_candidate(tmp_path: Path) -> None:
    assert len(candidates([tmp_path / "none.har"])) == 1


def test_links_that_loop_end(tmp_path: Path) -> None:
    touch(tmp_path / "a.har")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert [item.path for item in candidates([tmp_path])] == [tmp_path / "a.har"]
