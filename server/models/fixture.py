"""Fixture sets as the catalogue shows them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from smartsandbox.server.models.base import Model, Page, PageQuery, Resource
from smartsandbox.server.models.pack import CertificateState

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
    """One kind of record: how many rows, which columns refer to which entity, and who made the rows."""

    name: str
    rows: int
    references: dict[str, str]
    """Column to the entity that it refers to."""
    made_by: str


class CanonicalEntity(Model):
    """A record with a stable id, which documents and samples may cite: it is the same in every set."""

    id: str
    meaning: str
    table: str
    key: str | int
    """The value of the table's key, which is the id where the key's format can hold it."""


class Distance(Model):
    """How far a synthetic column is from the anonymised one, from 0 (equal) to 1, beside the control's distance."""

    table: str
    column: str
    metric: str
    distance: float
    control: float | None
    """The distance of a model-free control; null where the set itself is that control."""


class FixtureLinks(Model):
    """Paths on this server."""

    self: str
    page: str
    certificate: str
    download: str


class FixtureSummary(Model):
    """One line of the list of fixture sets. What a damaged manifest does not tell is null or empty."""

    name: str
    version: str
    state: Literal["ready", "damaged", "withdrawn"]
    problem: str | None
    digest: str | None
    rows: int | None
    entities: list[Entity]
    synthesizer: str | None
    certificate: CertificateState
    links: FixtureLinks


class FixturePage(Page[FixtureSummary]):
    """One page of the catalogue's fixture sets."""


class FixtureDetail(Model):
    """One version of a fixture set: what it holds, what it was made from, and whether its files are as published."""

    summary: FixtureSummary
    seed: int | None
    k: int | None
    """The least number of subjects that held whatever a model learned."""
    licence: str | None
    """What using the synthesiser asks for."""
    inputs: dict[str, str]
    tools: dict[str, str]
    ledger: dict[str, Any]
    findings: list[str]
    """What a reader should know of how it was made."""
    distances: list[Distance]
    canonical: list[CanonicalEntity]
    resources: list[Resource]


class FixtureRows(Model):
    """Rows of one entity in their published order."""

    entity: str
    columns: list[str]
    rows: list[dict[str, Any]]
    total: int
