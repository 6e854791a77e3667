"""The policy page names every decision, location and surrogate class that there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartsandbox.anonymize.policy import LOCATIONS, Action
from smartsandbox.anonymize.surrogates import CLASSES

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "policy.md").read_text()


@pytest.mark.parametrize("word", [*map(str, Action), *sorted(map(str, LOCATIONS)), *CLASSES])
def test_the_page_names_it(word: str) -> None:
    assert f"`{word}" in PAGE
