"""The demo's output folder: where each part of the loop puts its files."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from smartsandbox.packs.errors import UsageError

MARK = ".smartsandbox-demo"
"""Says that a folder was made by the demo, and so may be made anew."""


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """Paths under one root. `captures` holds raw traffic of invented people; `store` is all that is published."""

    root: Path

    @property
    def captures(self) -> Path:
        """CAPTURES/<service>/<day>/, as the pipeline reads them."""
        return self.root / "captures"

    @property
    def work(self) -> Path:
        """Intermediate assets."""
        return self.root / "work"

    @property
    def policies(self) -> Path:
        """The reviewed policy of each service."""
        return self.root / "policies"

    @property
    def store(self) -> Path:
        """The pack store."""
        return self.root / "store"

    @property
    def reports(self) -> Path:
        """Reports of the drives."""
        return self.root / "reports"

    @property
    def dagster_home(self) -> Path:
        """The run history that `dagster dev` can show."""
        return self.root / "dagster_home"

    def prepare(self) -> None:
        """Make it empty. Raises UsageError rather than empty a folder that the demo did not make."""
        if self.root.exists():
            if not self.root.is_dir() or (any(self.root.iterdir()) and not (self.root / MARK).exists()):
                raise UsageError(f"{self.root} exists and was not made by the demo: choose another --out")
            shutil.rmtree(self.root)
        for folder in (self.captures, self.work, self.policies, self.store, self.reports, self.dagster_home):
            folder.mkdir(parents=True)
        (self.root / MARK).touch()
