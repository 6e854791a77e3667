"""What the command line prints of checks: one line each, more only where something has to be done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

from smartsandbox.console import wide_console
from smartsandbox.packs.certificate import FAILED, PASSED, TEST_ACCOUNTS, WAIVED, Certificate, Verdict
from smartsandbox.packs.claims import claim_of, outcome_words

_SHOWN_FINDINGS = 20
MARKS = {
    PASSED: ("passed", "green"),
    WAIVED: ("not told", "yellow"),
    TEST_ACCOUNTS: ("test only", "yellow"),
    FAILED: ("FAILED", "bold red"),
}


def print_certificate(certificate: Certificate) -> None:
    """The verdicts, the claim, and what became of the values."""
    print_verdicts(certificate.verdicts)
    ledger = certificate.ledger
    parts = ", ".join(
        f"{ledger[name]} {name}" for name in sorted(ledger) if isinstance(ledger[name], int) and name != "leaves"
    )
    click.echo(f"values: {ledger['leaves']} seen: {parts}")
    claim = claim_of(certificate)
    click.echo(f"{claim.word.upper()}: {claim.sentence}")


def print_exchanges(ledger: Mapping[str, Any]) -> None:
    """What became of the exchanges: kept, or cut and why; and what else was noted."""
    counted = [*ledger["dropped"].items(), *ledger["notes"].items()]
    more = "".join(f"; {what}: {count}" for what, count in counted)
    click.echo(f"exchanges: {ledger['seen']} seen: {ledger['kept']} kept{more}")


def print_verdicts(verdicts: Iterable[Verdict]) -> None:
    """One line a check. Findings stand under those that failed or passed; why others are accepted stands at the end."""
    from rich.table import Table
    from rich.text import Text

    found = tuple(verdicts)
    table = Table("", "check", "speaks to", "result", box=None, header_style="bold", pad_edge=False)
    for verdict in found:
        mark = Text(*MARKS[verdict.outcome])
        table.add_row(mark, Text(verdict.check), Text(verdict.criterion), Text("\n".join(_result(verdict))))
    wide_console().print(table)
    for line in accepted(found):
        click.echo(line)


def _result(verdict: Verdict) -> Iterator[str]:
    yield verdict.summary
    if verdict.outcome in (PASSED, FAILED):
        yield from verdict.findings[:_SHOWN_FINDINGS]
        more = len(verdict.findings) - _SHOWN_FINDINGS
        if more > 0:
            yield f"and {more} more"


def accepted(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """Each reason once, with the checks that it accepts."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for verdict in verdicts:
        if verdict.outcome in (WAIVED, TEST_ACCOUNTS):
            by_reason[outcome_words(verdict)].append(verdict.check)
    for reason, checks in by_reason.items():
        yield f"{reason} ({', '.join(checks)})"
