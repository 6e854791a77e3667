"""The use cases of the catalogue, as plain functions over a `packs.store.Store`.

HTTP routes, pages and other front ends parse, call one of these, and render. Nothing here knows HTTP.
"""

from smartsandbox.server.service.archive import FORMATS, Bundle, archive
from smartsandbox.server.service.fixtures import (
    fixture_bundle,
    fixture_certificate_page,
    fixture_evidence,
    fixture_previews,
    fixture_rows,
    get_fixture,
    list_fixtures,
)
from smartsandbox.server.service.packs import (
    get_pack,
    health,
    list_packs,
    pack_bundle,
    pack_certificate_page,
    pack_evidence,
    pack_shape,
    verify_pack,
)

__all__ = [
    "FORMATS",
    "Bundle",
    "archive",
    "fixture_bundle",
    "fixture_certificate_page",
    "fixture_evidence",
    "fixture_previews",
    "fixture_rows",
    "get_fixture",
    "get_pack",
    "health",
    "list_fixtures",
    "list_packs",
    "pack_bundle",
    "pack_certificate_page",
    "pack_evidence",
    "pack_shape",
    "verify_pack",
]
