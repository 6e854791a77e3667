"""Packs as the catalogue shows them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from smartsandbox.server.models.base import Curve, Model, Page, PageQuery, Resource

PackSort = Literal["name", "-name", "exchanges", "-exchanges", "errors", "-errors", "span", "-span"]

CertificateState = Literal["passed", "failed", "not-all-told", "not-anonymised", "test-accounts", "unreadable"]


class PackQuery(PageQuery):
    """Filters and order of a list of packs. A parameter that is not named here is refused."""

    q: str = Field(default="", max_length=100, examples=["payments"])
    """Text that the name, template or service holds; case does not matter."""
    name: str = Field(default="", max_length=80)
    """Exactly this name; empty for any."""
    template: str = Field(default="", max_length=80)
    """Exactly this traffic template: full, peak, off-peak or high-error."""
    service: str = Field(default="", max_length=200)
    """Exactly this service."""
    sort: PackSort = "name"
    """The order; "-" is descending. Ties go by name and version."""


class PackLinks(Model):
    """Paths on this server."""

    self: str
    page: str
    shape: str
    certificate: str
    verification: str
    download: str


class PackSummary(Model):
    """One line of the catalogue. What a damaged manifest does not tell is null."""

    name: str
    version: str
    state: Literal["ready", "damaged", "withdrawn"]
    """`damaged` and `withdrawn` packs are listed and cannot be downloaded; `problem` says why."""
    problem: str | None
    digest: str | None
    template: str | None
    service: str | None
    exchanges: int | None
    sessions: int | None
    endpoints: int | None
    errors: int | None
    """5xx answers and exchanges without a complete answer."""
    span_us: int | None
    """From the first exchange to the last, in microseconds."""
    certificate: CertificateState
    """`not-anonymised`: made with a given test key, so it must not be taken for anonymous. `test-accounts`: attacks on
    people did not hold, and a person states that nobody real was captured. `not-all-told`: what could be told held, and
    the policy accepts that some checks could not tell.
    """
    curve: Curve | None
    links: PackLinks


class PackPage(Page[PackSummary]):
    """One page of the catalogue's packs."""


class PackDetail(Model):
    """One version of a pack: what it holds, what it was made from, and whether its files are as published."""

    summary: PackSummary
    seed: int | None
    inputs: dict[str, str]
    """Digests of the trace, the certificate and the policy it was made from."""
    tools: dict[str, str]
    matching: dict[str, Any]
    templates: list[dict[str, str]]
    """Places of answers that are answered from the request: `endpoint`, `body` or `header`, and `value`."""
    ledger: dict[str, Any]
    """What became of the exchanges of the trace: kept, or dropped with a reason."""
    resources: list[Resource]


class Verification(Model):
    """The outcome of recomputing every digest of a pack from its rows."""

    holds: bool
    problems: list[str]
    """Empty if it holds."""
