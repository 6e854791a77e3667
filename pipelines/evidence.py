"""Evidence that a check held for exactly this content, kept as a file that the publishing step reads.

Dagster gates a blocking check only inside one run. The evidence names the digest of what was checked, so content that
was rebuilt since, or never checked, has none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import orjson

from smartsandbox.packs.canonical import pretty_json
from smartsandbox.packs.errors import NotSafeError


@dataclass(frozen=True, slots=True)
class Evidence:
    """One check's outcome on content with this digest. `findings` are lines without captured values."""

    check: str
    digest: str
    findings: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """True where nothing was found."""
        return not self.findings

    def write(self, folder: Path) -> None:
        """Write it as `<check>.json`, replacing an earlier one; written aside and renamed."""
        folder.mkdir(parents=True, exist_ok=True)
        aside = folder / f"{self.check}.json.part"
        aside.write_bytes(pretty_json({"check": self.check, "digest": self.digest, "findings": list(self.findings)}))
        aside.replace(folder / f"{self.check}.json")


def read_evidence(folder: Path, check: str) -> Evidence | None:
    """The evidence of one check, or None where there is none that can be read."""
    try:
        value = orjson.loads((folder / f"{check}.json").read_bytes())
        return Evidence(value["check"], value["digest"], tuple(value["findings"]))
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return None


def require_evidence(folder: Path, digest: str, checks: Iterable[str]) -> None:
    """Raises NotSafeError unless every check passed on content with this digest."""
    for check in checks:
        found = read_evidence(folder, check)
        if found is None or found.digest != digest:
            raise NotSafeError(f"check {check} was not run on this content: materialise it together with its checks")
        if not found.passed:
            raise NotSafeError(f"check {check} failed on this content ({len(found.findings)} findings): not published")
