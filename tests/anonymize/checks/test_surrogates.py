from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.checks.surrogates import one_to_one


@pytest.mark.parametrize(
    ("surrogates", "needles", "collisions", "equal_to_source"),
    [
        ({("email", "a"): "x", ("email", "b"): "y", ("id", "c"): "x"}, ["a"], 0, 0),
        ({("email", "a"): "x", ("email", "b"): "X", ("email", "c"): "x"}, [], 2, 0),
        ({("email", "a"): "B", ("id", "c"): "y"}, ["b"], 0, 1),
    ],
)
def test_collisions_are_counted_by_domain_and_sources_in_any_case(
    evidence: Callable[..., Evidence],
    surrogates: Mapping[tuple[str, str], str],
    needles: list[str],
    collisions: int,
    equal_to_source: int,
) -> None:
    verdict = one_to_one(evidence([], needles, surrogates))
    assert (verdict.metrics["collisions"], verdict.metrics["equal_to_source"]) == (collisions, equal_to_source)
    assert verdict.passed == (collisions + equal_to_source == 0)
