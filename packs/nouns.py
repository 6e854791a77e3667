"""English nouns of APIs: the singular of a collection's name."""

from __future__ import annotations


def singular(noun: str) -> str:
    """By rule: categories, addresses and payments become category, address and payment; status and analysis stay."""
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if noun.endswith(("sses", "ches", "shes", "xes")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) else noun
