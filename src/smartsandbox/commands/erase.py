"""`smartsandbox erase`: one person out of a raw trace and the captures it was imported from."""

from __future__ import annotations

import getpass
import secrets
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from smartsandbox.anonymize.erasure.audit import (
    AuditLine,
    commitment_to,
    default_audit_file,
    earlier_digests,
    proven,
)
from smartsandbox.anonymize.erasure.captures import CaptureEraser, CaptureFile, Fate
from smartsandbox.anonymize.erasure.find import Concerned, Scope, find_concerned
from smartsandbox.anonymize.erasure.person import read_identifiers
from smartsandbox.anonymize.erasure.raw_trace import Erased, erase_from_trace, require_raw
from smartsandbox.anonymize.policy_file import read_policy
from smartsandbox.commands.options import store_option, trace_argument
from smartsandbox.commands.republish import print_what_follows
from smartsandbox.console import show_progress, wide_console
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.trace import Trace
from smartsandbox.packs.withdrawal import moment
from smartsandbox.replay_engine.clock import utc_now

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command("erase")
@trace_argument
@click.option("--policy", "policy_file", type=_FILE, required=True, help="The policy the trace is anonymised with.")
@click.option("--subjects-file", type=_FILE, help="The person's identifiers, one a line; else standard input.")
@click.option("--whole-sessions", is_flag=True, help="Also remove every session that names the person at all.")
@click.option("--redact", is_flag=True, help="Keep exchanges whose answer alone names the person, without them.")
@click.option("--captures", type=_FOLDER, help="Folder of captures to erase from as well.")
@click.option("--traces", type=_FOLDER, help="Where anonymised traces are looked for; default: beside TRACE.")
@store_option
@click.option("--audit", "audit_file", type=_FILE, help="The record to add to; default: TRACE.erasures.jsonl.")
@click.option("--actor", help="Who does it, for the record; default: the user of this process.")
@click.option("--dry-run", is_flag=True, help="Only count what would be erased.")
@click.option("--prove", "receipt", metavar="RECEIPT", help="Erase nothing; show the record of an earlier erasure.")
def erase_command(
    trace: Path,
    policy_file: Path,
    subjects_file: Path | None,
    whole_sessions: bool,
    redact: bool,
    captures: Path | None,
    traces: Path | None,
    store_url: str,
    audit_file: Path | None,
    actor: str | None,
    dry_run: bool,
    receipt: str | None,
) -> None:
    """Erase one person from the raw TRACE.

    Their identifiers (e-mail, customer id, phone, ...) come one a line from --subjects-file or standard input, and
    never from the command line, which shell histories and process lists keep. No identifier is printed or written. At
    the end stands what was made from the trace and must be published again.
    """
    raw, policy = require_raw(Trace.open(trace)), read_policy(policy_file)
    identifiers = _identifiers(subjects_file)
    audit = audit_file or default_audit_file(trace)
    if receipt is not None:
        _prove(audit, identifiers, receipt)
        return
    found = find_concerned(
        lambda: show_progress(raw.exchanges(), "looking for the person", raw.count),
        policy,
        identifiers,
        Scope(whole_sessions, redact),
    )
    _print_found(found, raw, dry_run)
    files = [] if captures is None else CaptureEraser(policy, found.person, found.removed).erase(captures, dry_run)
    _print_files(files, found, dry_run)
    if dry_run:
        return
    done = erase_from_trace(raw, policy, found)
    options = [name for name, given in (("whole-sessions", whole_sessions), ("redact", redact)) if given]
    _record(audit, identifiers, done, files, actor or _user(), options)
    if done.removed or done.redacted:
        known = earlier_digests(audit, done.after.digest)
        print_what_follows(done.after, known, policy_file, traces or trace.parent, store_url)


def _identifiers(subjects_file: Path | None) -> tuple[str, ...]:
    if subjects_file is not None:
        try:
            return read_identifiers(subjects_file.read_text("utf-8"), str(subjects_file))
        except UnicodeDecodeError as error:
            raise UsageError(f"{subjects_file} is not UTF-8 text: save it as that") from error
    stream = sys.stdin
    if stream.isatty():
        click.echo("the person's identifiers, one a line; Ctrl-D ends:", err=True)
    return read_identifiers(stream.read(), "standard input")


def _prove(audit: Path, identifiers: Iterable[str], receipt: str) -> None:
    line = proven(audit, identifiers, receipt)
    if line is None:
        raise UsageError(f"no line of {audit} was written for these identifiers under this receipt")
    counts = ", ".join(f"{count} {what}" for what, count in line["counts"].items())
    click.echo(f"erased on {line['at']} by {line['actor']}: {counts}")
    click.echo(f"  raw trace {line['before']} -> {line['after']}")


def _print_found(found: Concerned, raw: Trace, dry_run: bool) -> None:
    from rich.table import Table

    if not found.count:
        click.echo(f"nothing found: no exchange of {raw.path} ({raw.count}) concerns the person")
    else:
        table = Table("endpoint", "day", "exchanges", box=None, header_style="bold", pad_edge=False)
        for (endpoint, day), count in sorted(found.by_endpoint.items()):
            table.add_row(endpoint, day, str(count))
        wide_console().print(table)
        for source, count in sorted(found.by_source.items()):
            name = "a file whose name holds an identifier" if found.person.stands_in(source) else source
            click.echo(f"recorded in {name}: {count} exchanges")
        verb = "would be removed" if dry_run else "to remove"
        click.echo(
            f"{len(found.removed)} of {raw.count} exchanges {verb}, {len(found.redacted)} redacted, in "
            f"{len(found.sessions)} sessions; {found.aliases} further identifiers of the person were found"
        )
    _print_limits(found)


def _print_limits(found: Concerned) -> None:
    if found.person.short:
        click.echo(f"note: {found.person.short} short identifiers were looked for as whole values only, not in texts")
    if not found.attributed:
        click.echo(
            "note: the policy marks no subjects, so other identifiers and sessions of the person were told by the names"
            " of fields; compare the counts with what you expect, and give all identifiers that you know"
        )


def _print_files(files: Iterable[CaptureFile], found: Concerned, dry_run: bool) -> None:
    for file in files:
        named = found.person.stands_in(str(file.path))
        place = f"in {file.path.parent}, a file whose name holds an identifier" if named else str(file.path)
        fate = f"would be: {file.fate}" if dry_run else str(file.fate)
        of = f" ({file.entries} of {file.total} entries)" if file.fate is not Fate.BY_HAND else ""
        click.echo(f"capture {place}: {fate}{of}")


def _record(
    audit: Path, identifiers: Iterable[str], done: Erased, files: list[CaptureFile], actor: str, options: list[str]
) -> None:
    receipt = secrets.token_hex(16)
    counts = {"removed": done.removed, "redacted": done.redacted, "left": done.after.count}
    counts |= {f"captures {fate}": sum(file.fate is fate for file in files) for fate in Fate}
    AuditLine(
        at=moment(utc_now()),
        actor=actor,
        trace=str(done.after.path),
        commitment=commitment_to(identifiers, receipt),
        before=done.before.digest,
        after=done.after.digest,
        counts=counts,
        options=tuple(options),
    ).append_to(audit)
    click.echo(f"erased: {done.removed} exchanges removed, {done.redacted} redacted, {done.after.count} left")
    click.echo(f"recorded in {audit}; receipt {receipt} (keep it with the request: it proves this line, see --prove)")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
