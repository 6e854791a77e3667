"""How a policy asks for groups to be made, and the hierarchies that it brings for that."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Recoding(StrEnum):
    """The method by its word in the policy."""

    MONDRIAN = "mondrian"
    """Multidimensional: each group covers its own range of every attribute. Loses least."""
    FULL_DOMAIN = "full-domain"
    """Each attribute at one level of its hierarchy for everybody, as ARX does it."""


@dataclass(frozen=True, slots=True)
class HierarchyFile:
    """A hierarchy as the policy names it: the path as written, and the rows of the file, level by level."""

    path: str
    rows: tuple[tuple[str, ...], ...]
