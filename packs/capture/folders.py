"""From the paths a user gives to the files to read: folders are walked, sorted, without hidden files and loops."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

COMPLETE = "_SUCCESS"
"""The marker that a recorder writes when a folder is complete; it says nothing else."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to look at. `name` is relative as the user gave it; `given` if the user named the file itself."""

    path: Path
    name: str
    given: bool


def candidates(paths: Sequence[Path]) -> list[Candidate]:
    """Every file under the paths, in order of name, so that the order of the arguments does not matter.

    Symbolic links are followed; a folder that was seen already is not entered again, and one that cannot be entered
    stands for itself.
    """
    found: dict[str, Candidate] = {}
    for path in paths:
        for item in _under(path) if path.is_dir() else [Candidate(path, str(path), given=True)]:
            if item.given or item.name not in found:
                found[item.name] = item
    return [found[name] for name in sorted(found)]


def _under(folder: Path) -> Iterator[Candidate]:
    seen: set[str] = set()
    closed: list[OSError] = []
    for root, folders, files in os.walk(folder, followlinks=True, onerror=closed.append):
        real = os.path.realpath(root)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and name != COMPLETE:
                path = Path(root, name)
                yield Candidate(path, str(path), given=False)
    for error in closed:
        yield Candidate(Path(error.filename), str(error.filename), given=False)
