from __future__ import annotations

from typing import Any

import pytest

from smartsandbox.packs.errors import NotSafeError, SandboxError, UsageError
from smartsandbox.server.errors import DamagedItemError, StoreUnreachableError, UnknownItemError
from smartsandbox.server.problems import KINDS, fault, kind_of, problem_of_status


@pytest.mark.parametrize(
    ("error", "status", "slug"),
    [
        (UnknownItemError("x"), 404, "not-found"),
        (DamagedItemError("a@1", "x"), 409, "damaged-item"),
        (StoreUnreachableError("x"), 503, "store-unreachable"),
        (UsageError("x"), 400, "bad-request"),
        (NotSafeError("x"), 500, "internal-error"),
        (SandboxError("x"), 500, "internal-error"),
    ],
)
def test_each_error_has_its_problem(error: SandboxError, status: int, slug: str) -> None:
    assert (kind_of(error).status, kind_of(error).slug) == (status, slug)


def test_a_fault_points_into_the_request() -> None:
    assert fault(("query", "a/b~c"), "why").pointer == "#/query/a~1b~0c"


def test_a_status_without_a_kind_has_the_blank_type() -> None:
    found = problem_of_status(418, "short and stout", "/tea")
    assert (found.type, found.title) == ("about:blank", "I'm a Teapot")


@pytest.mark.parametrize("slug", list(KINDS))
def test_the_type_of_a_problem_leads_to_its_explanation(client: Any, slug: str) -> None:
    page = client.get(f"/problems/{slug}")
    assert page.status_code == 200
    assert KINDS[slug].title in page.text


def test_a_type_that_is_not_in_the_table_is_not_found(client: Any) -> None:
    assert client.get("/problems/none").status_code == 404
