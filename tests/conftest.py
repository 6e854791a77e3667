"""Fixtures that several rooms' tests share: a small invented capture, and where the real ones are, if there are any."""

from __future__ import annotations

import base64
import gc
import json
import os
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from smartsandbox.anonymize.keys import OsKeys, RunKey

SETTINGS = ("SMARTSANDBOX_SIGNING_KEY", "SMARTSANDBOX_TRUSTED_KEYS")

# How long an example takes is no matter of these tests, which share a machine with others.
settings.register_profile("smartsandbox", deadline=None)
settings.load_profile("smartsandbox")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that take longest come first."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


MANY_SHOPPERS = [
    (f"cus_{n:04d}Xy{n}9", f"Quentin{chr(97 + n)} Featherstone{chr(97 + n)}", f"quentin{n}@featherstone.co.uk")
    for n in range(24)
]
SHOPPERS = MANY_SHOPPERS[:12]
"""Identifier, name and e-mail of the invented customers of `shop_har`; the names occur nowhere else."""


def har_entry(number: int, method: str, url: str, answer: Any, sent: Any = None, status: int = 200) -> dict[str, Any]:
    """A HAR entry of one JSON exchange with a bearer token, a tenth of a second after the entry before it."""
    headers = [{"name": "Authorization", "value": f"Bearer tok_live_{number % 7}abcdef0123"}]
    request: dict[str, Any] = {"method": method, "url": url, "httpVersion": "HTTP/1.1", "headers": headers}
    if sent is not None:
        headers.append({"name": "Content-Type", "value": "application/json"})
        request["postData"] = {"mimeType": "application/json", "text": json.dumps(sent)}
    body = base64.b64encode(json.dumps(answer).encode()).decode()
    return {
        "startedDateTime": f"2026-03-02T10:00:{number // 10 % 60:02d}.{number % 10}00Z",
        "time": 12.5,
        "timings": {"send": 0.5, "wait": 10, "receive": 2},
        "request": request,
        "response": {
            "status": status,
            "statusText": "OK",
            "httpVersion": "HTTP/1.1",
            "headers": [{"name": "Content-Type", "value": "application/json"}],
            "content": {"mimeType": "application/json", "encoding": "base64", "text": body},
        },
    }


def shop_entries(shoppers: list[tuple[str, str, str]]) -> list[dict[str, Any]]:
    """Each customer is read, charged, read again, and asked for a charge that is not there."""
    entries = []
    for n, (customer, name, email) in enumerate(shoppers):
        url = f"https://api.shop.test/v1/customers/{customer}"
        person = {"id": customer, "object": "customer", "name": name, "email": email, "balance": 0}
        charge = {"id": f"ch_{n}a8b7c6", "object": "charge", "customer": customer, "amount": 100 + n}
        missing = {"error": {"message": f"no charge ch_{n}zz9 for {email}"}}
        entries.append(har_entry(4 * n, "GET", url, person))
        entries.append(har_entry(4 * n + 1, "POST", f"{url}/charges", charge, {"amount": 100 + n}))
        entries.append(har_entry(4 * n + 2, "GET", url, {**person, "balance": -(100 + n)}))
        entries.append(har_entry(4 * n + 3, "GET", f"{url}/charges/ch_{n}zz9", missing, status=404))
    return entries


@pytest.fixture(scope="session", autouse=True)
def config_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A settings folder of the tests' own, in the environment, so that commands they start sign with the same key."""
    home = tmp_path_factory.mktemp("config")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(home))
        patch.setenv("SMARTSANDBOX_CACHE", str(home / "cache"))
        for name in SETTINGS:
            patch.delenv(name, raising=False)
        yield home


KEY_OF_THE_SYSTEM = OsKeys.key


@pytest.fixture(scope="session", autouse=True)
def keys_of_the_place() -> Iterator[None]:
    """In place of random run keys those told by the module and by how many came before in this step of the test.

    With some keys a capture of few people is rightly refused; which ones must not differ from one run to the next.
    """
    drawn = Counter[str]()

    def key(_: OsKeys) -> RunKey:
        test = os.environ.get("PYTEST_CURRENT_TEST", "")
        drawn[test] += 1
        module, step = test.partition("::")[0], test.rpartition(" ")[2]
        return RunKey(sha256(f"{module} {step} {drawn[test]}".encode()).digest())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OsKeys, "key", key)
        yield


@pytest.fixture
def keys_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random keys, as outside of the tests."""
    monkeypatch.setattr(OsKeys, "key", KEY_OF_THE_SYSTEM)


@pytest.fixture(scope="session", autouse=True)
def all_is_searched_at_the_end() -> Iterator[None]:
    """What was set aside stays so, whatever is served or driven in between, until all tests are done. It is looked
    through for cycles then, so that no warning is lost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "unfreeze", lambda: None)
        yield
    gc.unfreeze()


@pytest.fixture(scope="module", autouse=True)
def what_stays_is_set_aside(all_is_searched_at_the_end: None) -> None:
    """Imported modules and collected tests stay to the end: a search for cycles, of which a run of the anonymiser makes
    many, would go through all of them each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def shop_har() -> str:
    """48 exchanges of 12 customers as the text of a HAR file."""
    return _har(SHOPPERS)


@pytest.fixture(scope="session")
def busy_shop_har() -> str:
    """96 exchanges of 24 customers, those of `shop_har` among them: one may leave and the rest hide each other."""
    return _har(MANY_SHOPPERS)


def _har(shoppers: list[tuple[str, str, str]]) -> str:
    log = {"version": "1.2", "creator": {"name": "tests", "version": "1"}, "entries": shop_entries(shoppers)}
    return json.dumps({"log": log})


@pytest.fixture(scope="session")
def shoppers() -> list[tuple[str, str, str]]:
    """Identifier, name and e-mail of each customer in `shop_har`."""
    return SHOPPERS


@pytest.fixture(scope="session")
def captures_dir() -> Path:
    """The folder of real captures: SMARTSANDBOX_CAPTURES, or ../shared/captures beside the repository."""
    folder = Path(os.environ.get("SMARTSANDBOX_CAPTURES") or Path(__file__).parents[2] / "shared" / "captures")
    if not folder.is_dir():
        pytest.skip(f"no real captures at {folder}: set SMARTSANDBOX_CAPTURES to their folder")
    return folder
