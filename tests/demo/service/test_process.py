from __future__ import annotations

import asyncio

import pytest

from smartsandbox.demo.http_client import Connection
from smartsandbox.demo.people import make_people
from smartsandbox.demo.service.process import ServiceOptions, main, service_process
from smartsandbox.packs.capture.background import LOOPBACK, free_port


def test_options_survive_the_command_line() -> None:
    options = ServiceOptions(3, 7, 40, (range(1, 5), range(9, 20)))
    assert options.arguments()[-4:] == ["--incident", "1:5", "--incident", "9:20"]


def test_a_missing_argument_ends_with_usage() -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--seed", "1"])


async def _ask(port: int, times: int, token: str) -> list[int | None]:
    connection = Connection(LOOPBACK, port)
    headers = (("Host", "api.harbourpay.test"), ("Authorization", f"Bearer {token}"))
    statuses: list[int | None] = []
    for _ in range(times):
        try:
            statuses.append((await connection.send("GET", "/v1/accounts?limit=1", headers)).status)
        except ConnectionError:
            statuses.append(None)
    connection.close()
    return statuses


@pytest.mark.slow
def test_the_real_process_answers_fails_and_drops_connections() -> None:
    people = make_people(7, 12, 1)
    port = free_port()
    with service_process(ServiceOptions(2, 7, 12, (range(40, 300),)), port):
        statuses = asyncio.run(_ask(port, 200, people[0].api_token))
    assert statuses[:10] == [200] * 10
    assert None in statuses
    assert statuses.count(503) > 0
