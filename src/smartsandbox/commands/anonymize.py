"""`smartsandbox anonymize`: a raw trace and a policy into a certified trace; drafts and extends policies."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from smartsandbox.anonymize.apply import anonymize_trace
from smartsandbox.anonymize.classify.recognisers import MISSING, is_installed
from smartsandbox.anonymize.errors import ChecksFailedError, UndecidedError
from smartsandbox.anonymize.keys import GivenKey, KeyProvider, OsKeys
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.policy_file import read_policy
from smartsandbox.anonymize.policy_insert import with_added
from smartsandbox.anonymize.suggest import DEFAULT_K, accepted, suggest_draft
from smartsandbox.commands.evidence import html_option, write_page
from smartsandbox.commands.options import trace_argument
from smartsandbox.console import show_progress, wide_console
from smartsandbox.packs.certificate import FAILED, PASSED, WAIVED, Certificate, SafeTrace, Verdict
from smartsandbox.packs.certificate_page import About
from smartsandbox.packs.claims import outcome_words
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.trace import Trace, require_writable

_SHOWN_FINDINGS = 20
_MARKS = {PASSED: ("passed", "green"), WAIVED: ("not told", "yellow"), FAILED: ("FAILED", "bold red")}


@click.command("anonymize")
@trace_argument
@click.option("--policy", "policy_file", type=click.Path(path_type=Path), help="The reviewed policy, a YAML file.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the certified trace to write.")
@click.option("--suggest", is_flag=True, help="Draft a policy: into --policy, or to standard output without it.")
@click.option("--accept", is_flag=True, help="Add the proposed decision for every leaf that --policy lacks.")
@click.option(
    "-k", "k", type=click.IntRange(min=2), default=DEFAULT_K, show_default=True, help="People a group, drafted."
)
@html_option
@click.option("--test-key", metavar="HEX", help="A given key: repeatable, and marked as not anonymised.")
def anonymize_command(
    trace: Path,
    policy_file: Path | None,
    out: Path | None,
    suggest: bool,
    accept: bool,
    k: int,
    html: Path | None,
    test_key: str | None,
) -> None:
    """Make a trace safe under a policy, and certify it.

    Every value is replaced, kept or dropped as the policy says; a value that the policy has no decision for stops the
    run and prints the lines to review. Without a policy, draft one with --suggest. With --suggest, --policy and --out
    together the draft is written and used at once; review it before anything is published from it.
    """
    raw = Trace.open(trace)
    if out is not None:
        require_writable(out)
    if suggest:
        policy = _drafted(raw, policy_file, k)
    elif policy_file is None:
        raise UsageError("--policy FILE is missing: give a reviewed policy, or draft one with --suggest")
    else:
        policy = read_policy(policy_file)
    if accept and policy_file is not None:
        policy = _with_accepted(raw, policy, policy_file)
    if out is not None:
        safe = _anonymize(raw, policy, _keys(test_key), out)
        if html is not None:
            write_page(html, safe.certificate, About("anonymised trace", out.name), safe.signers)
    elif not suggest and not accept:
        raise UsageError("--out FOLDER is missing: where the certified trace goes")


def _drafted(raw: Trace, policy_file: Path | None, k: int) -> Policy:
    if policy_file is not None and policy_file.exists():
        raise UsageError(f"{policy_file} exists: a draft never replaces a policy; add to it with --accept")
    if not is_installed():
        click.echo(MISSING, err=True)
    draft = suggest_draft(raw, k, show_progress)
    policy, text = draft.policy, draft.text
    if policy_file is None:
        click.echo(text, nl=False)
        return policy
    policy_file.parent.mkdir(parents=True, exist_ok=True)
    policy_file.write_text(text, "utf-8")
    click.echo(
        f"wrote {policy_file} ({len(policy.decisions)} decisions for {len(policy.endpoints)} endpoints): review it"
    )
    return policy


def _with_accepted(raw: Trace, policy: Policy, policy_file: Path) -> Policy:
    wider = accepted(policy, raw.exchanges)
    added = len(wider.decisions) - len(policy.decisions)
    if wider.digest != policy.digest:
        text = policy_file.read_text("utf-8")
        policy_file.write_text(with_added(text, str(policy_file), wider), "utf-8")
    click.echo(f"{policy_file}: {added} decisions and {len(wider.endpoints) - len(policy.endpoints)} endpoints added")
    return wider


def _keys(test_key: str | None) -> KeyProvider:
    return OsKeys() if test_key is None else GivenKey(test_key)


def _anonymize(raw: Trace, policy: Policy, keys: KeyProvider, out: Path) -> SafeTrace:
    try:
        safe = anonymize_trace(raw, policy, keys.key(), out, show_progress)
    except UndecidedError as error:
        click.echo(error.diff, err=True)
        raise
    except ChecksFailedError as error:
        print_verdicts(error.verdicts)
        if error.advice:
            click.echo(error.advice, err=True)
        raise
    print_certificate(safe.certificate)
    click.echo(f"wrote {out} ({safe.trace.count} exchanges); next: smartsandbox publish {out} --name NAME")
    return safe


def print_certificate(certificate: Certificate) -> None:
    """The verdicts, and what became of the values."""
    print_verdicts(certificate.verdicts)
    ledger = certificate.ledger
    parts = ", ".join(
        f"{ledger[name]} {name}" for name in sorted(ledger) if isinstance(ledger[name], int) and name != "leaves"
    )
    click.echo(f"values: {ledger['leaves']} seen: {parts}")
    if not certificate.anonymised:
        click.echo("NOT ANONYMISED: made with a given test key, which can be tried on any value.")


def print_verdicts(verdicts: Iterable[Verdict]) -> None:
    """One line a check, with the places of what it found."""
    from rich.table import Table
    from rich.text import Text

    table = Table("", "check", "speaks to", "result", box=None, header_style="bold", pad_edge=False)
    for verdict in verdicts:
        lines = [verdict.summary, *verdict.findings[:_SHOWN_FINDINGS]]
        mark = Text(*_MARKS[verdict.outcome])
        if verdict.outcome == WAIVED:
            lines.append(outcome_words(verdict))
        table.add_row(mark, Text(verdict.check), Text(verdict.criterion), Text("\n".join(lines)))
    wide_console().print(table)
