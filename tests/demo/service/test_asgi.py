from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from smartsandbox.demo.service.api import Reset
from smartsandbox.demo.service.asgi import AsgiApp
from smartsandbox.demo.service.weather import Fault


async def _get(shop: Any, target: str, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=AsgiApp(shop.api))
    async with httpx.AsyncClient(transport=transport, base_url="http://api.harbourpay.test") as client:
        return await client.get(target, headers=headers)


def test_an_ordinary_client_gets_json_with_brackets_in_the_query(shop: Any) -> None:
    authorization = f"Bearer {shop.staff.api_token}"
    response = asyncio.run(_get(shop, "/v1/accounts?created[gte]=0&limit=2", Authorization=authorization))
    assert (response.status_code, len(response.json()["data"])) == (200, 2)
    assert response.headers["content-encoding"] == "gzip"


def test_a_reset_without_a_connection_to_drop_reaches_the_caller(shop: Any) -> None:
    shop.weather.fault = Fault.RESET
    with pytest.raises(Reset):
        asyncio.run(_get(shop, "/v1/health"))
