from __future__ import annotations

import pytest

from smartsandbox.demo.service.errors import ApiError
from smartsandbox.demo.service.routes import match, routes

TABLE = routes(b"secret")


def test_path_parameters_are_bound_by_name() -> None:
    route, params = match(TABLE, "POST", "/v1/payments/pay_1/refunds")
    assert (route.path, params) == ("/v1/payments/{payment_id}/refunds", {"payment_id": "pay_1"})


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/payments/", "/v1/payments/a/b", "/v2/payments"])
def test_unknown_paths_are_404(path: str) -> None:
    with pytest.raises(ApiError, match="Unrecognised request: GET /") as caught:
        match(TABLE, "GET", path)
    assert caught.value.status == 404


def test_no_two_routes_are_the_same() -> None:
    assert len({(route.method, route.path) for route in TABLE}) == len(TABLE)
