"""Shipped helpers for tests and trials of the graph: an invented capture of a small payments API, as a HAR file.

Every name, address and number in it is made up here. It is large enough for k = 5 and holds a burst of errors.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from smartsandbox.packs.capture.folders import COMPLETE
from smartsandbox.pipelines.partitions import CaptureKey

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
CITIES = ("Leeds", "York", "Hull")
GIVEN = ("Ada", "Grace", "Edsger", "Barbara", "Alan", "Radia", "Donald", "Frances", "Niklaus", "Tony")
FAMILY = ("Lovering", "Hopkins", "Dykstra", "Liskow", "Turner", "Perlmann", "Knuthe", "Allenby", "Wirthe", "Hoarwell")


def email(person: int) -> str:
    """The invented e-mail of one customer; a test may look for it where it must not stand."""
    return f"{GIVEN[person % 10]}.{FAMILY[person // 10 % 10]}{person}@mailbox-of-{person}.org".lower()


def account(person: int) -> dict[str, Any]:
    """One customer's account as the API shows it."""
    return {
        "id": f"acct_{person * 7919 % 100003:05d}k{person:03d}",
        "object": "account",
        "name": f"{GIVEN[person % 10]} {FAMILY[person // 10 % 10]}",
        "email": email(person),
        "city": CITIES[person % len(CITIES)],
        "balance": 1000 + person * 10,
        "status": "active" if person % 4 else "frozen",
    }


def capture_har(people: int = 40, burst: bool = True) -> bytes:
    """A HAR of three exchanges a customer: log in, read the account, pay. In the burst payments answer 503."""
    entries = []
    for person in range(people):
        failing = burst and people // 2 <= person < people // 2 + people // 8
        entries += _visit(person, failing)
    return orjson.dumps(
        {"log": {"version": "1.2", "creator": {"name": "invented", "version": "1"}, "entries": entries}}
    )


def _visit(person: int, failing: bool) -> list[dict[str, Any]]:
    mine, at = account(person), START + timedelta(seconds=person)
    token = f"tok-{person:04d}-{person * 104729 % 1000003:06d}"
    login = _entry(at, "POST", "/v1/sessions", 200, {"token": token}, {"email": mine["email"]}, None)
    read = _entry(at + timedelta(milliseconds=200), "GET", f"/v1/accounts/{mine['id']}", 200, mine, None, token)
    payment = {"id": f"pay_{person * 6007 % 90001:05d}x{person:03d}", "object": "payment", "account": mine["id"]}
    answer = {"error": {"code": "unavailable"}} if failing else {**payment, "amount": 100 + person % 7}
    status = 503 if failing else 201
    sent = {"account": mine["id"], "amount": 100 + person % 7}
    return [login, read, _entry(at + timedelta(milliseconds=400), "POST", "/v1/payments", status, answer, sent, token)]


def _entry(
    at: datetime, method: str, path: str, status: int, answer: object, sent: object, token: str | None
) -> dict[str, Any]:
    json_type = {"name": "Content-Type", "value": "application/json"}
    request: dict[str, Any] = {
        "method": method,
        "url": f"https://api.payments.test{path}",
        "httpVersion": "HTTP/1.1",
        "headers": [{"name": "Authorization", "value": f"Bearer {token}"}] if token else [],
        "queryString": [],
        "cookies": [],
        "headersSize": -1,
        "bodySize": -1,
    }
    if sent is not None:
        request["headers"].append(json_type)
        request["postData"] = {"mimeType": "application/json", "text": orjson.dumps(sent).decode()}
    response = {
        "status": status,
        "statusText": "OK",
        "httpVersion": "HTTP/1.1",
        "headers": [json_type],
        "cookies": [],
        "content": {"size": -1, "mimeType": "application/json", "text": orjson.dumps(answer).decode()},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }
    timings = {"send": 1, "wait": 12, "receive": 2}
    return {
        "startedDateTime": at.isoformat(),
        "time": 15,
        "request": request,
        "response": response,
        "cache": {},
        "timings": timings,
    }


def deliver(root: Path, key: CaptureKey, har: bytes | None = None) -> Path:
    """Put a capture into a capture folder, complete with its marker, and return its folder."""
    folder = root / key.service / key.day
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "visits.har").write_bytes(har if har is not None else capture_har())
    (folder / COMPLETE).touch()
    return folder
