"""Fixture sets as the catalogue shows them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from smartsandbox.server.models.base import Model, Page, PageQuery, Resource

FixtureSort = Literal["name", "-name", "rows", "-rows"]


class FixtureQuery(PageQuery):
    """Filters and order of a list of fixture sets. A parameter that is not named here is refused."""

    q: str = Field(default="", max_length=100, examples=["payments"])
    """Text that the name or an entity holds; case does not matter."""
    name: str = Field(default="", max_length=80)
    """Exactly this name; empty for any."""
    sort: FixtureSort = "name"
    """The order; "-" is descending. Ties go by name and version."""


class RowsQuery(Model):
    """Which rows of an entity."""

    limit: int = Field(default=20, ge=1, le=200, examples=[5])
    """How many rows at most."""
    offset: int = Field(default=0, ge=0, le=100_000_000, examples=[0])
    """How many rows to leave out at the start."""


class Entity(Model):
    """One kind of record, and how many of it the set holds."""

    name: str
    rows: int


class FixtureLinks(Model):
    """Paths on this server."""

    self: str
    page: str
    certificate: str
    download: str


class FixtureSummary(Model):
    """One line of the list of fixture sets."""

    name: str
    version: str
    state: Literal["ready", "damaged"]
    problem: str | None
    digest: str | None
    rows: int | None
    entities: list[Entity]
    seed: int | None
    synthesizer: str | None
    links: FixtureLinks


class FixturePage(Page[FixtureSummary]):
    """One page of the catalogue's fixture sets."""


class FixtureDetail(Model):
    """One version of a fixture set. `manifest` is the manifest as published."""

    summary: FixtureSummary
    resources: list[Resource]
    manifest: dict[str, Any]


class FixtureRows(Model):
    """Rows of one entity in their published order."""

    entity: str
    columns: list[str]
    rows: list[dict[str, Any]]
    total: int
