"""The edge between the library's errors and Dagster: a step that cannot do its job ends with one line.

A `SandboxError` names what was asked, what was found and what to do; it becomes a `dagster.Failure` with that line and
is never retried, because the input must change first. Dagster keeps error texts in its database for everyone who can
open the UI, and the text of an unforeseen error may quote a captured value: so only its type and place are kept.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from smartsandbox.packs.errors import SandboxError

MOST_FINDINGS = 50


@contextmanager
def explained() -> Iterator[None]:
    """Turns every error of the block into a Failure that quotes no captured value."""
    try:
        yield
    except dg.Failure:
        raise
    except SandboxError as error:
        raise dg.Failure(description=str(error), metadata=details(error), allow_retries=False) from None
    except ImportError as error:
        reason = f"a part is not installed ({error.name or 'unknown'}): install smartsandbox[pipeline]"
        raise dg.Failure(description=reason, allow_retries=False) from None
    except Exception as error:
        raise dg.Failure(description=withheld(error), metadata={"error": type(error).__name__}) from None


def details(error: SandboxError) -> dict[str, str | int | dg.MetadataValue]:
    """What a reviewer needs besides the line: the policy lines to accept, or the findings of the checks that failed."""
    from smartsandbox.anonymize.errors import ChecksFailedError, UndecidedError

    found: dict[str, str | int | dg.MetadataValue] = {
        "error": type(error).__name__,
        "exit_code": type(error).exit_code,
    }
    if isinstance(error, UndecidedError):
        found["lines_to_accept"] = dg.MetadataValue.md(f"```yaml\n{error.diff}\n```")
    if isinstance(error, ChecksFailedError):
        lines = [f"- {one.check}: {finding}" for one in error.verdicts if not one.passed for finding in one.findings]
        if error.advice:
            found["advice"] = dg.MetadataValue.md(f"```yaml\n{error.advice}\n```")
        found["findings"] = dg.MetadataValue.md("\n".join(lines[:MOST_FINDINGS]))
    return found


def withheld(error: Exception) -> str:
    """An unforeseen error by its type and places, innermost last, without its text."""
    frames = traceback.extract_tb(error.__traceback__)[1:]
    places = " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-6:])
    return (
        f"internal error {type(error).__name__} at {places}. Its text is withheld, because it may quote a captured"
        " value; the same stage of the `smartsandbox` command line shows it, with SMARTSANDBOX_DEBUG=1"
    )
