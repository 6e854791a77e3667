"""A closer look at an answer that is not the recorded one to the byte: which places differ, and does that matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from smartsandbox.replay_engine.drive.judge import IGNORED_HEADERS, Judge, LiveHeaders
from smartsandbox.replay_engine.drive.judging.compare import MESSAGE, Heard, Kind, Terms
from smartsandbox.replay_engine.drive.judging.rules import Rules
from smartsandbox.replay_engine.drive.judging.tally import Tally
from smartsandbox.replay_engine.drive.outcomes import Differs
from smartsandbox.replay_engine.rows import Rows

_STRUCTURE = frozenset((Kind.MISSING, Kind.ADDED, Kind.TYPE))


class Closer:
    """Compares live answers with the recorded ones of a pack, and counts what differs in `tally`."""

    def __init__(
        self, rows: Rows, judge: Judge, rules: Rules, issued: frozenset[tuple[str, str]], origin: str, tally: Tally
    ) -> None:
        self._rows, self._judge, self._rules, self._issued, self._tally = rows, judge, rules, issued, tally
        self._origins = [{f"{scheme}://{host}": origin for scheme in ("https", "http")} for host in rows.host.names]

    def differs(self, row: int, live: Heard, names: Mapping[str, str]) -> Differs:
        """In what a live answer differs, once rules, names and issued values are allowed for."""
        findings = self._terms(row, names).compare(self.recorded(row), live)
        return self.counted(row, {(finding.kind, finding.place) for finding in findings})

    def message_differs(self, row: int, recorded: bytes, live: bytes, names: Mapping[str, str]) -> Differs:
        """The same of a message on the WebSocket that the row opened."""
        findings = self._terms(row, names).compare_messages(recorded, live)
        return self.counted(row, {(finding.kind, finding.place) for finding in findings})

    def counted(self, row: int, found: Set[tuple[Kind, str]]) -> Differs:
        """Differences of an answer of a row's endpoint, as bits; they go into the tally."""
        if found:
            self._tally.add(self._rows.endpoint.name(row) or "", found)
        return summed(found)

    def _terms(self, row: int, names: Mapping[str, str]) -> Terms:
        endpoint = self._rows.endpoint.name(row) or ""
        return Terms(endpoint, self._rules, self._issued, names, self._origins[self._rows.host.codes[row]])

    def recorded(self, row: int) -> Heard:
        """The recorded answer."""
        lines = (line.decode("utf-8", "replace").partition(": ") for line in self._judge.lines.of(row))
        headers = [(name, value) for name, _, value in lines]
        return Heard(self._rows.status[row], headers, self._rows.answer_body(row))

    def heard(self, status: int, headers: LiveHeaders, body: bytes) -> Heard:
        """A live answer."""
        named = ((name.decode("latin-1").lower(), value.decode("utf-8", "replace")) for name, value in headers)
        kept = [(name, value) for name, value in named if name not in IGNORED_HEADERS]
        return Heard(status, kept, self._judge.decoded(headers, body))


def summed(found: Iterable[tuple[Kind, str]]) -> Differs:
    """Differences by kind and place, as bits."""
    differs = Differs.NOTHING
    for kind, place in found:
        if kind is Kind.STATUS:
            differs |= Differs.STATUS
        elif place.startswith(MESSAGE):
            differs |= Differs.MESSAGES
        elif place.startswith(("header:", "cookie:")):
            differs |= Differs.HEADERS
        else:
            differs |= Differs.BODY | (Differs.SCHEMA if kind in _STRUCTURE else Differs.NOTHING)
    return differs
