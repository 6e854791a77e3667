"""The errors a caller can act on, one class per decision.

Every class carries the exit code that the command line ends with. A message says what was asked, what was found and
what to do, in one line, and never quotes a captured value.
"""

from __future__ import annotations

import os
from typing import ClassVar


class SandboxError(Exception):
    """The job could not be done. Children say which decision is the caller's."""

    exit_code: ClassVar[int] = 1


class UsageError(SandboxError):
    """The request itself is wrong: a missing file, a malformed policy, an unknown name."""

    exit_code = 2


class UnreadableError(SandboxError):
    """One input, or one entry of it, cannot be read. `entry` is its position in the file, counted from 0."""

    exit_code = 2

    def __init__(self, place: str, reason: str, entry: int | None = None) -> None:
        self.place, self.reason, self.entry = place, reason, entry
        where = place if entry is None else f"{place} entry {entry}"
        super().__init__(f"{where}: {reason}")


class NotReadyError(SandboxError):
    """The target does not answer yet."""

    exit_code = 3


class RefusedError(SandboxError):
    """Refused for safety: an uncertified or altered pack, a foreign target."""

    exit_code = 4


class NotSafeError(RefusedError):
    """A privacy check did not pass, or a leaf has no decision; nothing was published."""


class UntrustedError(RefusedError):
    """Not signed, signed by a key that is not trusted here, or altered after signing."""


class InconclusiveError(SandboxError):
    """The run says nothing about the target: the generator fell behind, a worker was lost, too few samples."""

    exit_code = 5


class ObjectiveBreached(SandboxError):  # noqa: N818 - an outcome, not a fault of the program
    """An objective of the run was not met."""

    exit_code = 99


def place_of(error: BaseException) -> str:
    """File and line where an error was raised: what may be told of one whose text may quote a captured value."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return f"{os.path.basename(frame.tb_frame.f_code.co_filename)}:{frame.tb_lineno}" if frame else "?"
