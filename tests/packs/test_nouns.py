from __future__ import annotations

import pytest

from smartsandbox.packs.nouns import singular


@pytest.mark.parametrize(
    ("noun", "one"),
    [
        ("accounts", "account"),
        ("categories", "category"),
        ("addresses", "address"),
        ("boxes", "box"),
        ("status", "status"),
        ("business", "business"),
        ("dish", "dish"),
    ],
)
def test_a_plural_becomes_singular(noun: str, one: str) -> None:
    assert singular(noun) == one
