"""What every exporter shares: it writes a file and says what that format could not express."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from smartsandbox.packs.pack import Pack


@dataclass(slots=True)
class Exported:
    """What came out: the `files`, how many exchanges they hold, and what was left out with the reason."""

    files: tuple[Path, ...]
    written: int = 0
    left_out: dict[str, int] = field(default_factory=dict)

    def leave_out(self, reason: str) -> None:
        """Count an exchange that the format has no words for."""
        self.left_out[reason] = self.left_out.get(reason, 0) + 1


@dataclass(frozen=True, slots=True)
class Exporter:
    """One format: its title, and what writes a pack to a file."""

    title: str
    write: Callable[[Pack, Path], Exported]


def banner(pack: Pack) -> str:
    """What every exported file says of itself."""
    manifest = pack.manifest
    made_from = "anonymised traffic" if manifest.anonymised else "test data that was NOT anonymised"
    return f"TEST ONLY: SmartSandbox pack {manifest.name}@{manifest.version}, made from {made_from}"


@contextmanager
def text_file(path: Path) -> Iterator[TextIO]:
    """A text file that takes its place when the block ends, and leaves nothing if it raises."""
    aside = path.with_name(path.name + ".part")
    try:
        with aside.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
