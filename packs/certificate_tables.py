"""The tables of a certificate's page: each test by the criterion that it speaks to, and the groups of people. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from smartsandbox.packs.certificate import PASSED, TEST_ACCOUNTS, WAIVED, Verdict
from smartsandbox.packs.certificate_figures import Interval, interval_figure
from smartsandbox.packs.claims import CRITERIA, outcome_words

_BOUNDS = {
    "k": "k at least {}",
    "l": "l at least {}",
    "t": "t at most {:g}",
    "m": "m = {}",
    "risk": "risk at most {:g}",
    "suppression_limit": "at most {:.0%} suppressed",
}
"""A bound's name to how it is read; others are "name value"."""

_GROUPS = ("k", "l", "t", "m")
_BY_ATTRIBUTE = ("l-diversity", "t-closeness")
"""Checks whose bounds are named by the attribute that they speak of."""
_COLUMNS = {
    "Population": ("population", "people"),
    "Groups": ("classes", "groups"),
    "Smallest group": ("smallest_group_published", "smallest_band"),
    "Suppressed": ("suppressed",),
}
"""A column of the table of groups to the metrics that it may stand in, the first that is there."""
_SHOWN_FINDINGS = 8


def tests_by_criterion(verdicts: Sequence[Verdict]) -> str:
    """One table: a part for each criterion, tested or not, and a row for each check."""
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Test", "Bound", "Found", "Outcome"))
    columns = '<colgroup><col class="test"><col class="bound"><col class="found"><col class="outcome"></colgroup>'
    bodies = "".join(_criterion(name, own) for name, own in _by_criterion(verdicts))
    caption = "In the pictures the shaded part is beyond the bound, the line is the confidence interval."
    top = f"<caption>{caption}</caption>{columns}<thead><tr>{head}</tr></thead>"
    return f'<table class="tests stacked">{top}{bodies}</table>'


def _by_criterion(verdicts: Sequence[Verdict]) -> Iterator[tuple[str, list[Verdict]]]:
    """The three criteria in their order, tested or not, then whatever else a check names."""
    others = sorted({verdict.criterion for verdict in verdicts} - set(CRITERIA))
    for name in (*CRITERIA, *others):
        yield name, [verdict for verdict in verdicts if verdict.criterion == name]


def _criterion(name: str, verdicts: Sequence[Verdict]) -> str:
    held = sum(verdict.outcome == PASSED for verdict in verdicts)
    told = f"<span>{held} of {len(verdicts)} passed</span>" if verdicts else ""
    head = f'<tr><th class="criterion" colspan="4" scope="rowgroup">{escape(name.capitalize())}{told}</th></tr>'
    rows = "".join(map(_row, verdicts)) or '<tr><td colspan="4">No check of this certificate speaks to it.</td></tr>'
    return f"<tbody>{head}{rows}</tbody>"


def _row(verdict: Verdict) -> str:
    shown = _interval(verdict)
    picture = interval_figure(shown) if shown else ""
    found = f"{picture}risk {escape(shown.words)}" if shown else escape(verdict.summary)
    found += listed(verdict.findings[:_SHOWN_FINDINGS], verdict.findings[_SHOWN_FINDINGS:])
    name = verdict.check.removeprefix("attack: ")
    return (
        f'<tr><th scope="row">{escape(name)}</th><td data-label="Bound">{escape(_bound_words(verdict.bounds))}</td>'
        f'<td data-label="Found">{found}</td><td data-label="Outcome">{_outcome(verdict)}</td></tr>'
    )


def _outcome(verdict: Verdict) -> str:
    if verdict.outcome == PASSED:
        return '<span class="badge good">✓ passed</span>'
    if verdict.outcome == WAIVED:
        reason = outcome_words(verdict).removeprefix("not told, ")
        return f'<span class="badge warn">? not told</span><span class="reason">{escape(reason)}</span>'
    if verdict.outcome == TEST_ACCOUNTS:
        mark = "✕ did not hold" if verdict.told else "? not told"
        return f'<span class="badge warn">{mark}</span><span class="reason">accepted for test accounts only</span>'
    return f'<span class="badge bad">✕ {escape(outcome_words(verdict))}</span>'


def _interval(verdict: Verdict) -> Interval | None:
    """None for a check that measures no risk, and for an attack that had nothing to try."""
    if 0 in (verdict.metrics.get("attempts"), verdict.metrics.get("control_attempts")):
        return None
    numbers = [verdict.metrics.get(name) for name in ("risk", "risk_low", "risk_high")]
    bound = verdict.bounds.get("risk")
    known = [float(one) for one in (*numbers, bound) if isinstance(one, int | float)]
    return Interval(*known) if len(known) == 4 else None


def _bound_words(bounds: Mapping[str, Any]) -> str:
    if {"risk", "confidence"} <= bounds.keys():
        return f"risk at most {bounds['risk']:g}, by the upper end of the {bounds['confidence']:.0%} interval"
    return ", ".join(_one_bound(name, bounds[name]) for name in sorted(bounds, key=_rank)) or "none"


def _rank(name: str) -> tuple[int, str]:
    known = list(_BOUNDS)
    return (known.index(name) if name in known else len(known), name)


def _one_bound(name: str, value: Any) -> str:
    if isinstance(value, list):
        return f"{len(value)} {name}"
    try:
        return _BOUNDS[name].format(value)
    except (KeyError, ValueError):
        return f"{name.replace('_', ' ')} {value}"


def groups(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Of how many people, in how many groups, and how small the smallest is: what k, l, t and k^m were asked of."""
    shown = [one for one in verdicts if set(_GROUPS) & one.bounds.keys() or one.check in _BY_ATTRIBUTE]
    if not shown:
        return
    heads = ("Asked for", *_COLUMNS)
    rows = [
        (verdict.check, _bound_words(verdict.bounds), *(_first(verdict.metrics, names) for names in _COLUMNS.values()))
        for verdict in shown
    ]
    yield "<h2>Groups of people</h2>" + _table("Counted by person, not by row", ("Measure", *heads), rows)
    told = [str(verdict.metrics["quasi_identifiers"]) for verdict in shown if verdict.metrics.get("quasi_identifiers")]
    if told:
        yield f'<p class="sub">Quasi-identifiers: {escape(told[0])}.</p>'
    else:
        yield '<p class="sub">No quasi-identifier is published, so there is no group to be in.</p>'


def _first(metrics: Mapping[str, Any], names: Sequence[str]) -> str:
    value = next((metrics[name] for name in names if name in metrics), None)
    return f"{value:,}" if isinstance(value, int) else "–"


def listed(lines: Iterable[str], more: Sequence[str] = ()) -> str:
    """A list of lines; of `more` only how many there are. "" for no line."""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    rest = f"<li>{len(more)} more in the JSON certificate</li>" if more else ""
    return f"<ul>{items}{rest}</ul>" if items else ""


def _table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(
            f'<td data-label="{escape(name)}">{escape(cell)}</td>' for name, cell in zip(head[1:], row[1:], strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<table class="stacked"><caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )
