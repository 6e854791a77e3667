"""The `smartsandbox` command: a table of commands, loaded only when asked for, and one place that ends a run.

Exit codes: 0 held, 1 internal error, 2 usage, 3 target not ready, 4 refused for safety, 5 inconclusive, 99 an
objective was breached, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from smartsandbox import __version__
from smartsandbox.packs.errors import SandboxError, place_of

COMMANDS: dict[str, tuple[str, str]] = {
    "record": ("smartsandbox.commands.record:record_command", "Record a service's traffic with mitmproxy."),
    "import": ("smartsandbox.commands.import_:import_command", "Read captures (HAR, flows, logs, ...) into a trace."),
    "anonymize": (
        "smartsandbox.commands.anonymize:anonymize_command",
        "Make a trace safe under a policy; draft one.",
    ),
    "scan": ("smartsandbox.commands.scan:scan_command", "Search what is published for the values of a raw trace."),
    "publish": ("smartsandbox.commands.publish:publish_command", "Freeze a certified trace into a replay pack."),
    "packs": ("smartsandbox.commands.packs:packs_group", "List, show, verify and compare packs; print a certificate."),
    "fixtures": ("smartsandbox.commands.fixtures:fixtures_group", "Publish, list and load fixture sets."),
    "keys": ("smartsandbox.commands.keys:keys_group", "Show, make and trust the keys that sign."),
    "serve": ("smartsandbox.commands.serve:serve_command", "Answer HTTP requests from a pack."),
    "drive": ("smartsandbox.commands.drive:drive_command", "Drive a pack at a sandbox and report."),
    "drive-merge": (
        "smartsandbox.commands.drive_merge:drive_merge_command",
        "Join the outcome files of a run's workers into one report.",
    ),
    "noise": ("smartsandbox.commands.noise:noise_command", "Learn which fields of a sandbox differ from run to run."),
    "explain": ("smartsandbox.commands.explain:explain_command", "Say why a request finds no exchange in a pack."),
    "server": ("smartsandbox.commands.server:server_command", "Run the portal's catalogue."),
    "erase": ("smartsandbox.commands.erase:erase_command", "Erase one person from a raw trace and its captures."),
    "retention": ("smartsandbox.commands.retention:retention_command", "Remove what was kept longer than it may be."),
    "demo": ("smartsandbox.commands.demo:demo_command", "Run the whole loop on the bundled sample service."),
}
"""Name to (where it is defined, its line in the help), in the order of a first use."""

EXTRAS = {
    "mitmproxy": "record",
    "presidio_analyzer": "anonymize",
    "spacy": "anonymize",
    "ahocorasick": "anonymize",
    "duckdb": "pipeline",
    "dagster": "pipeline",
    "pandas": "pipeline",
    "sdv": "pipeline",
    "torch": "pipeline",
    "faker": "pipeline",
    "fastapi": "server",
    "uvicorn": "server",
    "jinja2": "server",
    "starlette": "server",
}
"""Module to the extra that brings it, for a missing part's message."""


class LazyGroup(click.Group):
    """A group whose help costs no import: a command's module loads when that command runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in table order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command from its place in the table."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table, from its own lines."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="smartsandbox")
def cli() -> None:
    """Record, anonymise and replay API traffic; make fixtures for API sandboxes. TEST ONLY data comes out."""


def main() -> None:
    """Run the command line and exit with the code that says what happened."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line; the exit code. Errors become one line on standard error."""
    try:
        cli.main(arguments, prog_name="smartsandbox", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return 130
    except SandboxError as error:
        return _report(f"error: {error}", error.exit_code, error)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            return _internal(error)
        return _report(f"error: this command needs {error.name}: pip install 'smartsandbox[{extra}]'", 2, error)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _report(f"error: {place}{error.strerror or type(error).__name__}", 2, error)
    except Exception as error:
        return _internal(error)
    return 0


def _internal(error: Exception) -> int:
    # The message of an unforeseen error may hold captured data, so only its kind and place are shown.
    return _report(
        f"internal error: {type(error).__name__} at {place_of(error)}; set SMARTSANDBOX_DEBUG=1 for the whole of it "
        "(it may show captured data) and report it",
        1,
        error,
    )


def _report(line: str, code: int, error: Exception) -> int:
    if os.environ.get("SMARTSANDBOX_DEBUG"):
        raise error
    click.echo(line, err=True)
    return code
