"""Complete captures in the capture folder, as values: pure decisions for the sensor and the schedule.

A recorder writes ROOT/<service>/<day>/* and, last of all, `_SUCCESS`. Only a folder with that marker is a capture; a
half-written one is left alone. The run key is a digest of names and bytes, so the same content never runs twice and
content that changed does.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from smartsandbox.packs.canonical import digest_file
from smartsandbox.packs.capture.folders import COMPLETE
from smartsandbox.packs.errors import UsageError
from smartsandbox.pipelines.partitions import CaptureKey


@dataclass(frozen=True, slots=True)
class Capture:
    """A complete capture and the state of its marker, which changes whenever the recorder completes it again."""

    key: CaptureKey
    folder: Path
    marker: str

    @property
    def name(self) -> str:
        """ "service/day", the cursor's name for it."""
        return f"{self.key.service}/{self.key.day}"

    @property
    def run_key(self) -> str:
        """The name and a digest over every file's name and bytes, markers and hidden files left out."""
        total = hashlib.sha256()
        for file in sorted(path for path in self.folder.rglob("*") if path.is_file() and path.name[0] not in "._"):
            total.update(f"{file.relative_to(self.folder).as_posix()}\0{digest_file(file)}\n".encode())
        return f"{self.name}/{total.hexdigest()}"


@dataclass(frozen=True, slots=True)
class Found:
    """The complete captures, oldest day first, one line for each marker in a folder that cannot be a partition, and the
    number of folders that no recorder has completed yet."""

    captures: tuple[Capture, ...]
    problems: tuple[str, ...]
    waiting: int = 0


def find_captures(root: Path) -> Found:
    """Look at ROOT/*/*/ for _SUCCESS. A root that does not exist holds no capture."""
    captures, problems = [], []
    for marker in sorted(root.glob(f"*/*/{COMPLETE}")):
        folder = marker.parent
        try:
            key = CaptureKey.checked(folder.parent.name, folder.name)
        except UsageError as error:
            problems.append(f"{folder.parent.name}/{folder.name}: {error}")
            continue
        state = marker.stat()
        captures.append(Capture(key, folder, f"{state.st_mtime_ns}-{state.st_size}"))
    captures.sort(key=lambda capture: (capture.key.day, capture.key.service))
    folders = sum(folder.is_dir() and not folder.name.startswith(".") for folder in root.glob("*/*"))
    return Found(tuple(captures), tuple(problems), folders - len(captures) - len(problems))


def due(captures: Iterable[Capture], seen: Mapping[str, str], most: int) -> list[Capture]:
    """The captures whose marker is not the one seen, at most `most` of them, in the order given."""
    return [capture for capture in captures if seen.get(capture.name) != capture.marker][:most]


def remembered(captures: Iterable[Capture], seen: Mapping[str, str], taken: Iterable[Capture]) -> dict[str, str]:
    """What the next tick has seen: as before, plus what was taken; folders that are gone are forgotten."""
    fresh = {capture.name: capture.marker for capture in taken}
    return {
        capture.name: fresh.get(capture.name, seen.get(capture.name, ""))
        for capture in captures
        if capture.name in fresh or capture.name in seen
    }
