"""In what the answers of two targets differ, counted; workers that share a run count apart and are summed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from smartsandbox.replay_engine.drive.judging.compare import Finding
from smartsandbox.replay_engine.drive.judging.tally import Tally


class Disagreement:
    """How many pairs of answers were compared, how many differ, and where."""

    def __init__(self) -> None:
        self.compared = self.differing = 0
        self.tally = Tally()

    def took(self, endpoint: str, findings: list[Finding]) -> None:
        """One pair of answers."""
        self.compared += 1
        self.differing += bool(findings)
        self.tally.add(endpoint, {(finding.kind, finding.place) for finding in findings})

    def to_json(self) -> dict[str, Any]:
        """For `from_json`, in another process."""
        counts = [[*counted, count] for counted, count in self.tally.counts.items()]
        return {"compared": self.compared, "differing": self.differing, "tally": counts}

    @staticmethod
    def from_json(value: dict[str, Any]) -> Disagreement:
        """What `to_json` made."""
        found = Disagreement()
        found.compared, found.differing = value["compared"], value["differing"]
        for endpoint, kind, place, count in value["tally"]:
            found.tally.counts[endpoint, kind, place] = count
        return found


def joined(files: Iterable[Path]) -> Disagreement:
    """The sum of those that workers have written as JSON."""
    whole = Disagreement()
    for file in files:
        part = Disagreement.from_json(json.loads(file.read_bytes()))
        whole.compared += part.compared
        whole.differing += part.differing
        whole.tally.merge(part.tally)
    return whole
