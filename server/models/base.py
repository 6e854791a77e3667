"""What all models of the catalogue share, and the page of a list."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")

NAME_PATTERN = r"^[a-z0-9][a-z0-9._-]{0,79}$"
"""The names and versions that can be asked for; the same rule as `packs.manifest.checked_name`."""

CURSOR_PATTERN = r"^(([0-9]{1,15}~)?[a-z0-9][a-z0-9._-]{0,79}@[a-z0-9][a-z0-9._-]{0,79})?$"


class Model(BaseModel):
    """Frozen, closed, and described by the docstrings of its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class PageQuery(Model):
    """Which part of a list: at most `limit` items after `cursor`."""

    limit: int = Field(default=50, ge=1, le=200, examples=[20])
    """How many items at most."""
    cursor: str = Field(default="", max_length=180, pattern=CURSOR_PATTERN)
    """The `next` of the page before; leave it out for the first page."""


class Page(Model, Generic[T]):
    """One page of a list. The `Link` header names the next page too."""

    items: list[T]
    total: int
    """How many items match, over all pages."""
    next: str | None
    """The cursor of the next page, null on the last."""


class Resource(Model):
    """One file of a published item."""

    path: str
    rows: int | None
    bytes: int
    sha256: str


class Curve(Model):
    """Traffic over time: exchanges a second, averaged over steps of equal length."""

    step_s: float
    """The length of a step in seconds."""
    rates: list[float]
    """Exchanges a second in each step, from the start."""
    peak: float
    """The highest number of exchanges in any one second."""
