"""Where answers differ, in the report: by endpoint, kind and place with counts, never a value; for one target against
the recording, and for a second target against the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from smartsandbox.replay_engine.drive.judging.tally import Tally
from smartsandbox.replay_engine.report.latency import summary
from smartsandbox.replay_engine.report.words import number, percent

if TYPE_CHECKING:
    from smartsandbox.replay_engine.drive.both import Both

_MOST, _LINES, _ROWS = 1000, 15, 60
Difference = Mapping[str, Any]


def differences(tally: Tally) -> list[dict[str, Any]]:
    """The places that differ in the most answers first, at most 1,000 of them."""
    found = sorted(tally.counts.items(), key=lambda item: (-item[1], item[0]))
    return [
        {"endpoint": endpoint, "kind": kind, "at": at, "answers": count}
        for (endpoint, kind, at), count in found[:_MOST]
    ]


def against(both: Both) -> dict[str, Any]:
    """The section of a second target."""
    found, outcomes = both.disagreement, both.other.outcomes
    return {
        "target": both.other.target.url,
        "compared": found.compared,
        "differing": found.differing,
        "agreed": 1 - found.differing / found.compared if found.compared else None,
        "service_ms": summary(outcomes.service_time),
        "differences": differences(found.tally),
    }


def difference_lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Lines for a terminal; none where nothing differs."""
    yield from _lines("differs from the recording in", report["differences"])
    other = report.get("against")
    if other is not None:
        agreed = f"{other['compared'] - other['differing']:,} of {other['compared']:,} answers"
        yield f"{other['target']} agrees with {report['target']} in {agreed} ({percent(other['agreed'])})"
        yield from _lines("it differs in", other["differences"])


def _lines(head: str, found: Sequence[Difference]) -> Iterator[str]:
    if found:
        yield f"{head:<46}{'kind':>10}{'answers':>10}  at"
    for item in found[:_LINES]:
        name = item["endpoint"] if len(item["endpoint"]) <= 45 else item["endpoint"][:44] + "…"
        yield f"{name:<46}{item['kind']:>10}{item['answers']:>10,}  {_at(item)}"
    if len(found) > _LINES:
        yield f"… and {len(found) - _LINES} more places in the JSON report"


def difference_html(report: Mapping[str, Any]) -> str:
    """Sections for the page; nothing where nothing differs."""
    parts = [_html("Differences from the recording", report["differences"])]
    other = report.get("against")
    if other is not None:
        words = f"{other['target']} agrees in {percent(other['agreed'])} of {number(other['compared'])} answers."
        parts.append(f"<h2>Against a second target</h2><p>{escape(words)}</p>")
        parts.append(_html("Where it differs", other["differences"]))
    return "".join(parts)


def _html(head: str, found: Sequence[Difference]) -> str:
    if not found:
        return ""
    rows = "".join(
        f"<tr><td>{escape(item['endpoint'])}</td><td>{escape(item['kind'])}</td><td>{escape(_at(item))}</td>"
        f"<td>{number(item['answers'])}</td></tr>"
        for item in found[:_ROWS]
    )
    more = f'<p class="sub">{len(found) - _ROWS} more are in the JSON report.</p>' if len(found) > _ROWS else ""
    top = "".join(f'<th scope="col">{name}</th>' for name in ("endpoint", "kind", "at", "answers"))
    table = f"<table><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<h2>{head}</h2><div class="wide">{table}</div>{more}'


def _at(item: Difference) -> str:
    return item["at"] or "(whole body)"
