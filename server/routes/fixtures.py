"""The fixture sets of the catalogue: list, versions, one, its rows, certificate and files."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from smartsandbox.server import examples, service
from smartsandbox.server.errors import UnknownItemError
from smartsandbox.server.http import IfNoneMatch, Name, StoreDep, Version, answer, next_link
from smartsandbox.server.models.base import PageQuery
from smartsandbox.server.models.evidence import Evidence
from smartsandbox.server.models.fixture import FixtureDetail, FixturePage, FixtureQuery, FixtureRows, RowsQuery
from smartsandbox.server.problems import DAMAGED, INVALID, NOT_FOUND, UNREACHABLE, WITHDRAWN
from smartsandbox.server.routes.documentation import documented, documented_file
from smartsandbox.server.routes.packs import send_archive

router = APIRouter(prefix="/fixtures", tags=["fixtures"])
ONE = "/{name}/versions/{version}"
EntityName = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}$",
        description="The entity, as the set names it.",
        examples=["account"],
    ),
]


@router.get(
    "",
    operation_id="listFixtureSets",
    summary="List the fixture sets",
    response_model=FixturePage,
    responses=documented(examples.FIXTURE_PAGE, INVALID, UNREACHABLE, paged=True),
)
def list_fixtures(
    request: Request, store: StoreDep, query: Annotated[FixtureQuery, Query()], if_none_match: IfNoneMatch = None
) -> Response:
    """All published fixture sets that match, damaged and withdrawn ones included, in pages."""
    page = service.list_fixtures(store, query)
    return answer(request, page, next_link(request, page.next))


@router.get(
    "/{name}",
    operation_id="listFixtureSetVersions",
    summary="List the versions of a fixture set",
    response_model=FixturePage,
    responses=documented(examples.FIXTURE_PAGE, NOT_FOUND, INVALID, UNREACHABLE, paged=True),
)
def list_versions(
    request: Request,
    store: StoreDep,
    name: Name,
    query: Annotated[PageQuery, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The versions of one fixture set in the order of their names, in pages."""
    page = service.list_fixtures(store, FixtureQuery(name=name, limit=query.limit, cursor=query.cursor))
    if not page.total:
        raise UnknownItemError(f"no fixture set {name} is published here; the catalogue lists those that are")
    return answer(request, page, next_link(request, page.next))


@router.get(
    ONE,
    operation_id="getFixtureSet",
    summary="Show one version of a fixture set",
    response_model=FixtureDetail,
    responses=documented(examples.FIXTURE_DETAIL, NOT_FOUND, INVALID),
)
def get_fixture(
    request: Request, store: StoreDep, name: Name, version: Version, if_none_match: IfNoneMatch = None
) -> Response:
    """Its entities and its manifest. The bytes of its files are checked for this answer."""
    return answer(request, service.get_fixture(store, name, version))


@router.get(
    ONE + "/entities/{entity}/rows",
    operation_id="getFixtureRows",
    summary="Show rows of an entity",
    response_model=FixtureRows,
    responses=documented(examples.FIXTURE_ROWS, NOT_FOUND, DAMAGED, WITHDRAWN, INVALID),
)
def get_rows(
    request: Request,
    store: StoreDep,
    name: Name,
    version: Version,
    entity: EntityName,
    query: Annotated[RowsQuery, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Rows in their published order."""
    return answer(request, service.fixture_rows(store, name, version, entity, query.limit, query.offset))


@router.get(
    ONE + "/certificate",
    operation_id="getFixtureSetCertificate",
    summary="Show the privacy certificate of a fixture set",
    response_model=Evidence,
    responses=documented(examples.EVIDENCE, NOT_FOUND, DAMAGED, WITHDRAWN, INVALID),
)
def get_certificate(
    request: Request, store: StoreDep, name: Name, version: Version, if_none_match: IfNoneMatch = None
) -> Response:
    """The certificate of the anonymised trace that its models were fitted on."""
    return answer(request, service.fixture_evidence(store, name, version))


@router.get(
    ONE + "/download",
    operation_id="downloadFixtureSet",
    summary="Download a fixture set",
    response_class=Response,
    responses=documented_file([kind for kind, _ in service.FORMATS.values()], NOT_FOUND, DAMAGED, WITHDRAWN, INVALID),
)
def download(
    request: Request,
    store: StoreDep,
    name: Name,
    version: Version,
    format: Annotated[Literal["tar", "zip"], Query(description="The form of the archive.")] = "tar",
    if_none_match: IfNoneMatch = None,
) -> Response:
    """All files of the set in one archive, which has the same bytes every time."""
    return send_archive(request, service.fixture_bundle(store, name, version), format)
