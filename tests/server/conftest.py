"""A small shop of packs and fixture sets, and a client that asks an application in this process."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from smartsandbox.fixtures.fixture_set import FixtureDraft, publish_fixtures
from smartsandbox.packs.certificate import Certificate, SafeTrace, Verdict, write_certified
from smartsandbox.packs.model import Exchange, FailureKind
from smartsandbox.packs.publish import Draft, publish_pack
from smartsandbox.packs.store import FIXTURES, PACKS, Item, Store
from smartsandbox.packs.testing import a_request, a_response, an_exchange, certified_trace, hand_made_verdicts
from smartsandbox.server.app import create_app
from smartsandbox.server.settings import Settings

VERDICTS = hand_made_verdicts()
VERSION = "2f1d9c04b7aa"
"""The version that the examples of the API cite, so that a test which follows them finds something."""


def traffic(payments: int = 12) -> list[Exchange]:
    """Two a second: accounts and their payments, one 503, and one that was reset."""
    exchanges = []
    for number in range(payments):
        account = {"id": f"acct_{number:04d}", "object": "account", "currency": "EUR", "balance": 100 * number}
        payment = {"id": f"pay_{number:04d}", "object": "payment", "account": account["id"], "amount": number}
        at = number * 1_000_000
        exchanges += [
            _get(f"a{number:03d}", f"/v1/accounts/{account['id']}", account, at, number),
            _get(f"p{number:03d}", f"/v1/payments/{payment['id']}", payment, at + 500_000, number),
        ]
    late = payments * 1_000_000
    broken = a_request("POST", "/v1/payments", json={"amount": 1})
    return [
        *exchanges,
        an_exchange("z1", broken, a_response(503, json={"error": "busy"}), at_us=late, endpoint="POST /v1/payments"),
        an_exchange("z2", broken, failure=FailureKind.RESET, at_us=late + 1, endpoint="POST /v1/payments"),
    ]


def _get(name: str, target: str, body: Any, at_us: int, number: int) -> Exchange:
    return an_exchange(
        name,
        a_request("GET", target),
        a_response(json=body),
        at_us=at_us,
        session=f"s{number}",
        total_us=2_000 + number,
    )


def certified(
    folder: Path, exchanges: Iterable[Exchange], verdicts: Sequence[Verdict] = VERDICTS, anonymised: bool = True
) -> SafeTrace:
    """A trace with a certificate of these verdicts."""
    safe = certified_trace(folder, exchanges)
    made = Certificate(safe.trace.digest, "0" * 64, anonymised, "1" * 64, tuple(verdicts), {"kept": 3})
    write_certified(folder, made)
    return SafeTrace.open(folder)


TEMPLATE = {"endpoint": "POST /v1/payments", "body": "/amount", "value": 'request.body.amount + "<"'}

Publish = Callable[..., Item]


@pytest.fixture
def publish(tmp_path: Path) -> Publish:
    """Publishes a pack into `tmp_path/store`: publish(name, version=..., exchanges=..., anonymised=...)."""

    def publish_one(
        name: str, version: str = "1", exchanges: Any = None, anonymised: bool = True, **draft: Any
    ) -> Item:
        safe = certified(tmp_path / f"trace-{name}-{version}", exchanges or traffic(), anonymised=anonymised)
        publish_pack(safe, Draft(name, version=version, **draft), tmp_path / "pack")
        return Store(str(tmp_path / "store")).put(PACKS, tmp_path / "pack", name, version)

    return publish_one


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """The store that `publish` writes to."""
    return Store(str(tmp_path / "store"))


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store to read: packs "payments" and "trial" (not anonymised), the fixture set "payments", a damaged pack."""
    folder = tmp_path_factory.mktemp("shop")
    store = Store(str(folder / "store"))
    safe = certified(folder / "trace", traffic())
    for name in ("payments", "damaged"):
        publish_pack(safe, Draft(name, version=VERSION, templates=[TEMPLATE]), folder / "pack")
        store.put(PACKS, folder / "pack", name, VERSION)
    trial = certified(folder / "trial", traffic(3), anonymised=False)
    publish_pack(trial, Draft("trial", version="1"), folder / "pack")
    store.put(PACKS, folder / "pack", "trial", "1")
    draft = FixtureDraft("payments", rows_per_entity=8, k=1, synthesizer="empirical", version=VERSION)
    publish_fixtures(safe, draft, folder / "set")
    store.put(FIXTURES, folder / "set", "payments", VERSION)
    shape = folder / "store" / PACKS / "damaged" / VERSION / "shape.parquet"
    shape.write_bytes(shape.read_bytes()[:-1])
    return folder / "store"


class Client:
    """Asks an application in this process."""

    def __init__(self, store_url: str, hosts: tuple[str, ...] = Settings("").allowed_hosts) -> None:
        self.app = create_app(Settings(store_url, hosts))

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                return await client.request(method, path, **more)

        return asyncio.run(send())

    def get(self, path: str, **headers: str) -> httpx.Response:
        """A GET; underscores in header names become hyphens."""
        return self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.fixture(scope="session")
def client(shop: Path) -> Client:
    """A client of the shop."""
    return Client(str(shop))


@pytest.fixture
def empty(tmp_path: Path) -> Client:
    """A client of a store that holds nothing yet."""
    return Client(str(tmp_path / "empty"))


@pytest.fixture
def of_store(tmp_path: Path) -> Callable[[], Client]:
    """Makes a client of the store that `publish` writes to."""
    return lambda: Client(str(tmp_path / "store"))


@pytest.fixture(scope="session")
def address(shop: Path) -> Iterator[str]:
    """Where the real command serves the shop."""
    command = [str(Path(sys.executable).with_name("smartsandbox")), "server", "--port", "0", "--store", str(shop)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield next(word for word in line.split() if word.startswith("http://"))
        process.terminate()
        assert process.wait(timeout=20) in (0, -15)
