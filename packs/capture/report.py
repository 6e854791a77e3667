"""What an import found out besides exchanges: counts for the ledger, and one line for each file or entry that fell out.

Readers write here and go on. The lines name the file, the entry and the reason, and never a captured value.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from smartsandbox.packs.model import Ledger

MAX_LINES = 1000
NAMED = 10
NOT_A_CAPTURE = "files in folders that are not captures"


@dataclass(slots=True)
class Report:
    """One import's findings. `place` is the name of the file being read, as the user gave it.

    `untimed_us` is how much of the made-up timeline for undated captures is used, and `undated` are the ids of the
    exchanges that stand on it; see `moments`.
    """

    ledger: Ledger = field(default_factory=Ledger)
    place: str = ""
    lines: list[str] = field(default_factory=list)
    unlisted: int = 0
    untimed_us: int = 0
    undated: set[str] = field(default_factory=set)
    passed_over: list[str] = field(default_factory=list)

    def drop(self, entry: int, reason: str, detail: str = "") -> None:
        """One entry of the current file falls out. `detail` stands only in the line, so that reasons stay countable."""
        self.ledger.drop(reason)
        self._line(f"{self.place} entry {entry}: {_sentence(reason, detail)}")

    def drop_file(self, reason: str) -> None:
        """The current file cannot be read at all."""
        self.ledger.unreadable_files[self.place] = reason
        self._line(f"{self.place}: {reason}")

    def remark(self, reason: str) -> None:
        """Something about the current file that the user should see although it could be read."""
        self.ledger.note(reason)
        self._line(f"{self.place}: {reason}")

    def pass_over(self) -> None:
        """The current file stands in a folder beside captures and is none: counted, and the first NAMED are named."""
        self.ledger.note(NOT_A_CAPTURE)
        if len(self.passed_over) < NAMED:
            self.passed_over.append(self.place)

    def note(self, what: str, count: int = 1) -> None:
        """Count an observation that lost nothing."""
        self.ledger.note(what, count)

    def listing(self) -> list[str]:
        """The lines, with a last one that says how many more there were."""
        rest = [f"and {self.unlisted} more like these"] if self.unlisted else []
        return [*self.lines, *rest, *self._passed_over()]

    def _passed_over(self) -> list[str]:
        if not self.passed_over:
            return []
        count = self.ledger.notes[NOT_A_CAPTURE]
        more = f" and {count - len(self.passed_over)} more" if count > len(self.passed_over) else ""
        what = "file is not itself a capture" if count == 1 else "files are not themselves captures"
        return [f"{count} {what}: {', '.join(self.passed_over)}{more}"]

    def _line(self, text: str) -> None:
        if len(self.lines) < MAX_LINES:
            self.lines.append(text)
        else:
            self.unlisted += 1


def _sentence(reason: str, detail: str) -> str:
    return f"{reason} ({detail})" if detail else reason
