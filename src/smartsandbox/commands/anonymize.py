"""`smartsandbox anonymize`: a raw trace and a policy into a certified trace; drafts and extends policies."""

from __future__ import annotations

from pathlib import Path

import click

from smartsandbox.anonymize.apply import anonymize_trace
from smartsandbox.anonymize.careful import careful_draft
from smartsandbox.anonymize.classify.recognisers import MISSING, is_installed
from smartsandbox.anonymize.errors import ChecksFailedError, UndecidedError
from smartsandbox.anonymize.keys import GivenKey, KeyProvider, OsKeys
from smartsandbox.anonymize.policy import Policy, statement_of
from smartsandbox.anonymize.policy_file import read_policy
from smartsandbox.anonymize.policy_insert import with_added
from smartsandbox.anonymize.suggest import DEFAULT_K, accepted
from smartsandbox.anonymize.way_through import way_through
from smartsandbox.commands.evidence import html_option, write_page
from smartsandbox.commands.options import trace_argument
from smartsandbox.commands.verdicts import print_certificate, print_exchanges, print_verdicts
from smartsandbox.console import show_progress
from smartsandbox.packs.certificate import SafeTrace
from smartsandbox.packs.certificate_page import About
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.trace import Trace, require_writable


@click.command("anonymize")
@trace_argument
@click.option("--policy", "policy_file", type=click.Path(path_type=Path), help="The reviewed policy, a YAML file.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the certified trace to write.")
@click.option("--suggest", is_flag=True, help="Draft a policy: into --policy, or to standard output without it.")
@click.option("--accept", is_flag=True, help="Add the proposed decision for every leaf that --policy lacks.")
@click.option(
    "-k", "k", type=click.IntRange(min=2), default=DEFAULT_K, show_default=True, help="People a group, drafted."
)
@click.option(
    "--test-accounts",
    metavar="REASON",
    help="With --suggest: state that nobody real was captured. Attacks on people are told, and need not hold.",
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
    test_accounts: str | None,
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
    if test_accounts is not None and not suggest:
        raise UsageError("--test-accounts is for a draft: write `test_accounts: REASON` into the policy")
    if suggest:
        policy = _drafted(raw, policy_file, k, _statement(test_accounts))
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


def _drafted(raw: Trace, policy_file: Path | None, k: int, test_accounts: str) -> Policy:
    if policy_file is not None and policy_file.exists():
        raise UsageError(f"{policy_file} exists: a draft never replaces a policy; add to it with --accept")
    if not is_installed():
        click.echo(MISSING, err=True)
    draft = careful_draft(raw, k, show_progress, test_accounts)
    policy, text = draft.policy, draft.text
    if policy_file is None:
        click.echo(text, nl=False)
        return policy
    policy_file.parent.mkdir(parents=True, exist_ok=True)
    policy_file.write_text(text, "utf-8")
    click.echo(
        f"wrote {policy_file} ({len(policy.decisions)} decisions for {len(policy.endpoints)} endpoints): review it"
    )
    click.echo(draft.head, nl=False)
    return policy


def _statement(text: str | None) -> str:
    try:
        return "" if text is None else statement_of(text)
    except ValueError as error:
        raise UsageError(f"--test-accounts {text!r}: {error}") from None


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
        for lines in (error.advice, way_through(raw, policy, error.verdicts, show_progress)):
            if lines:
                click.echo(lines, err=True)
        raise
    print_certificate(safe.certificate)
    print_exchanges(safe.trace.ledger)
    click.echo(f"wrote {out} ({safe.trace.count} exchanges); next: smartsandbox publish {out} --name NAME")
    return safe
