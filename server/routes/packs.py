"""The packs of the catalogue: list, versions, one, and what it holds."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from smartsandbox.server import examples, service
from smartsandbox.server.errors import UnknownItemError
from smartsandbox.server.http import IfNoneMatch, Name, StoreDep, Version, answer, is_current, next_link
from smartsandbox.server.models.base import PageQuery
from smartsandbox.server.models.evidence import Evidence
from smartsandbox.server.models.pack import PackDetail, PackPage, PackQuery, Verification
from smartsandbox.server.models.shape import PackShape, ShapeQuery
from smartsandbox.server.problems import DAMAGED, INVALID, NOT_FOUND, UNREACHABLE, WITHDRAWN
from smartsandbox.server.routes.documentation import documented, documented_file

router = APIRouter(prefix="/packs", tags=["packs"])
ONE = "/{name}/versions/{version}"


@router.get(
    "",
    operation_id="listPacks",
    summary="List the packs",
    response_model=PackPage,
    responses=documented(examples.PACK_PAGE, INVALID, UNREACHABLE, paged=True),
)
def list_packs(
    request: Request, store: StoreDep, query: Annotated[PackQuery, Query()], if_none_match: IfNoneMatch = None
) -> Response:
    """All published packs that match, damaged and withdrawn ones included, in pages."""
    page = service.list_packs(store, query)
    return answer(request, page, next_link(request, page.next))


@router.get(
    "/{name}",
    operation_id="listPackVersions",
    summary="List the versions of a pack",
    response_model=PackPage,
    responses=documented(examples.PACK_PAGE, NOT_FOUND, INVALID, UNREACHABLE, paged=True),
)
def list_versions(
    request: Request,
    store: StoreDep,
    name: Name,
    query: Annotated[PageQuery, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The versions of one pack in the order of their names, in pages."""
    page = service.list_packs(store, PackQuery(name=name, limit=query.limit, cursor=query.cursor))
    if not page.total:
        raise UnknownItemError(f"no pack {name} is published here; the catalogue lists those that are")
    return answer(request, page, next_link(request, page.next))


@router.get(
    ONE,
    operation_id="getPack",
    summary="Show one version of a pack",
    response_model=PackDetail,
    responses=documented(examples.PACK_DETAIL, NOT_FOUND, INVALID),
)
def get_pack(
    request: Request, store: StoreDep, name: Name, version: Version, if_none_match: IfNoneMatch = None
) -> Response:
    """What it holds and what it was made from. The bytes of its files are checked for this answer."""
    return answer(request, service.get_pack(store, name, version))


@router.get(
    ONE + "/shape",
    operation_id="getPackShape",
    summary="Show the shape of a pack",
    response_model=PackShape,
    responses=documented(examples.PACK_SHAPE, NOT_FOUND, DAMAGED, WITHDRAWN, INVALID),
)
def get_shape(
    request: Request,
    store: StoreDep,
    name: Name,
    version: Version,
    query: Annotated[ShapeQuery, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Traffic over time, latency by endpoint and status, and how errors cluster."""
    return answer(request, service.pack_shape(store, name, version, query.points))


@router.get(
    ONE + "/certificate",
    operation_id="getPackCertificate",
    summary="Show the privacy certificate of a pack",
    response_model=Evidence,
    responses=documented(examples.EVIDENCE, NOT_FOUND, DAMAGED, WITHDRAWN, INVALID),
)
def get_certificate(
    request: Request, store: StoreDep, name: Name, version: Version, if_none_match: IfNoneMatch = None
) -> Response:
    """Which checks ran, at which bounds, with which outcome, and what is not covered."""
    return answer(request, service.pack_evidence(store, name, version))


@router.get(
    ONE + "/verification",
    operation_id="verifyPack",
    summary="Verify a pack",
    response_model=Verification,
    responses=documented(examples.VERIFICATION, NOT_FOUND, INVALID),
)
def verify(
    request: Request, store: StoreDep, name: Name, version: Version, if_none_match: IfNoneMatch = None
) -> Response:
    """Recompute every digest from the rows. Takes time in proportion to the pack's size."""
    return answer(request, service.verify_pack(store, name, version))


@router.get(
    ONE + "/download",
    operation_id="downloadPack",
    summary="Download a pack",
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
    """All files of the pack in one archive, which has the same bytes every time."""
    return send_archive(request, service.pack_bundle(store, name, version), format)


def send_archive(request: Request, bundle: service.Bundle, form: str) -> Response:
    """An archive as an attachment, or 304 where the client holds it."""
    etag = f'"{bundle.digest}.{form}"'
    if is_current(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers={"ETag": etag})
    headers = {"ETag": etag, "Content-Disposition": f'attachment; filename="{bundle.root}.{form}"'}
    return StreamingResponse(service.archive(bundle, form), headers=headers, media_type=service.FORMATS[form][0])
