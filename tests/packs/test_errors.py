from __future__ import annotations

import re

import pytest

from smartsandbox.packs.errors import (
    InconclusiveError,
    NotReadyError,
    NotSafeError,
    ObjectiveBreached,
    RefusedError,
    SandboxError,
    UsageError,
    place_of,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SandboxError, 1),
        (UsageError, 2),
        (NotReadyError, 3),
        (RefusedError, 4),
        (NotSafeError, 4),
        (InconclusiveError, 5),
        (ObjectiveBreached, 99),
    ],
)
def test_each_decision_has_its_exit_code(error: type[SandboxError], code: int) -> None:
    assert error.exit_code == code


def test_a_place_is_the_innermost_file_and_line_without_the_text() -> None:
    def fail() -> None:
        raise ValueError("a captured value")

    with pytest.raises(ValueError, match="captured") as caught:
        fail()
    assert re.fullmatch(r"test_errors\.py:\d+", place_of(caught.value))


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert place_of(ValueError("a captured value")) == "?"
