"""Which bound is the stricter one, worked by hand."""

from __future__ import annotations

import pytest

from smartsandbox.packs.requirements import Requirement


@pytest.mark.parametrize(
    ("text", "bound", "met"),
    [
        ("k=10", 10, True),
        ("k=10", 9, False),
        ("k=10", 100, True),
        ("risk=0.2", 0.2, True),
        ("risk=0.2", 0.21, False),
        ("risk=0.2", 0.1, True),
        ("t=0.3", 0.4, False),
    ],
)
def test_a_bound_meets_a_looser_requirement(text: str, bound: float, met: bool) -> None:
    assert Requirement.parse(text).is_met_by(bound) == met
