"""The kinds of attributes that a policy knows: what orders their values and which value stands for a group."""

from __future__ import annotations

from enum import StrEnum


class AttributeKind(StrEnum):
    """How the values of a quasi-identifier or a sensitive attribute are ordered."""

    DATE = "date"
    NUMBER = "number"
    CATEGORY = "category"
    PLACE = "place"
    """A category that goes with the other places: one combination stands for all of them."""
