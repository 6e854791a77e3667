"""Ways in which anonymised traces were undone elsewhere, each as a small capture that must come through clean."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from smartsandbox.packs.certificate import SafeTrace
from smartsandbox.packs.model import Exchange, Headers
from smartsandbox.packs.sandbox_tokens import sign

NAME, EMAIL, IDENTIFIER = "Quillon Oakmoor", "quillon@oakmoor.co.uk", "cus_7KqLm9Zx"
TOKEN = "tok_9fK2mQ7xZ4"
JWT = sign('{"alg":"HS256","kid":"key-7Hq2"}', json.dumps({"sub": IDENTIFIER, "email": EMAIL, "name": NAME}))
BASIC = base64.b64encode(f"{EMAIL}:hunter-{TOKEN}".encode()).decode()
NESTED = base64.b64encode(json.dumps({"who": json.dumps({"email": EMAIL})}).encode()).decode()


def headers(*pairs: tuple[str, str]) -> dict[str, Headers]:
    return {"headers": pairs}


def answered(*pairs: tuple[str, str]) -> dict[str, Headers]:
    return {"answer_headers": (("Content-Type", "application/json"), *pairs)}


CASES: dict[str, dict[str, Any]] = {
    "claims of a JWT": headers(("Authorization", f"Bearer {JWT}")),
    "basic credentials": headers(("Authorization", f"Basic {BASIC}")),
    "an id in a path segment": {"path": f"/v1/customers/{IDENTIFIER}"},
    "an address in a path segment": {"path": "/v1/customers/quillon%40oakmoor.co.uk"},
    "a name in a 404 text": {"status": 404, "body": {"error": f"no order of {NAME} ({IDENTIFIER})"}},
    "a token in Referer": headers(("Referer", f"https://shop.oakmoor.co.uk/reset?token={TOKEN}&email={EMAIL}")),
    "an id in Location": answered(("Location", f"/v1/customers/{IDENTIFIER}")),
    "an id in ETag": answered(("ETag", f'W/"{IDENTIFIER}-17"')),
    "an id in Set-Cookie": answered(("Set-Cookie", f"uid={IDENTIFIER}; Domain=oakmoor.co.uk; Path=/; HttpOnly")),
    "JSON in a string": {"body": {"payload": json.dumps({"customer": {"name": NAME, "email": EMAIL}})}},
    "JSON in base64 in JSON": {"body": {"blob": NESTED}},
    "an address as an object key": {
        "body": {"members": {EMAIL: {"role": "admin"}, "zoe@oakmoor.co.uk": {"role": "user"}}}
    },
    "case variants of one address": {"body": {"email": EMAIL.upper(), "note": f"write to {EMAIL.title()}"}},
    "decomposed Unicode": {"body": {"name": "Zoe\u0308 Oakmo\u0308or", "comment": "hello Zoë Oakmöor"}},
    "trace ids": headers(("traceparent", f"00-{'7f3a' * 8}-{'9c1b' * 4}-01"), ("X-Request-Id", "req-7f3a9c1b22e8")),
    "a file name in multipart": {
        "method": "POST",
        "sent": b'--B\r\nContent-Disposition: form-data; name="cv"; filename="Quillon Oakmoor.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n%PDF Quillon Oakmoor\r\n--B--\r\n",
        **headers(("Content-Type", "multipart/form-data; boundary=B")),
    },
    "a form body": {
        "method": "POST",
        "sent": b"email=quillon%40oakmoor.co.uk&name=Quillon+Oakmoor",
        **headers(("Content-Type", "application/x-www-form-urlencoded")),
    },
    "a search query": {"query": "q=quillon+oakmoor&email=quillon%40oakmoor.co.uk"},
    "a page about a person": {
        "body": b"<html>Quillon Oakmoor</html>",
        "answer_headers": (("Content-Type", "text/html"),),
    },
    "XML": {
        "body": b"<user><name>Quillon Oakmoor</name><mail>quillon@oakmoor.co.uk</mail></user>",
        "answer_headers": (("Content-Type", "application/xml"),),
    },
    "a forwarded address": headers(("X-Forwarded-For", "81.2.69.160, 10.0.0.7")),
}  # fmt: skip

SECRETS = ("quillon", "oakmoor", "oakmöor", IDENTIFIER.lower(), TOKEN.lower(), "7f3a7f3a", "req-7f3a9c1b22e8",
           "81.2.69.160", "oakmo\u0308or", BASIC.lower(), NESTED.lower(), "hunter", "key-7hq2")  # fmt: skip


@pytest.mark.parametrize("case", sorted(CASES))
def test_nothing_of_the_person_comes_through(
    case: str,
    exchange: Callable[..., Exchange],
    anonymized: Callable[..., SafeTrace],
    everything: Callable[[SafeTrace], str],
) -> None:
    arguments = {"path": "/v1/orders", **CASES[case]}
    known = exchange("/v1/me", {"id": IDENTIFIER, "name": NAME, "email": EMAIL, "token": TOKEN})
    safe = anonymized([known, exchange(**arguments)])
    text = everything(safe).lower()
    assert not [secret for secret in SECRETS if secret in text]


def test_numbers_as_ids_lose_no_digit(exchange: Callable[..., Exchange], anonymized: Callable[..., SafeTrace]) -> None:
    safe = anonymized([exchange(f"/v1/entries/{2**60 + n}", {"id": 2**60 + n}) for n in range(3)])
    for one in safe.trace.exchanges():
        assert one.response is not None
        assert one.request.path.rpartition("/")[2] == one.response.body.decode()[len('{"id": ') : -1]


def test_lengths_are_not_published(exchange: Callable[..., Exchange], anonymized: Callable[..., SafeTrace]) -> None:
    safe = anonymized([exchange("/v1/a", {"a": 1}, **answered(("Content-Length", "8")))])
    (one,) = safe.trace.exchanges()
    assert one.response is not None
    assert "content-length" not in {name.lower() for name, _ in one.response.headers}


def test_small_domains_cannot_be_tried_without_the_key(
    exchange: Callable[..., Exchange], raw_trace: Any, tmp_path: Any
) -> None:
    from smartsandbox.anonymize.apply import anonymize_trace
    from smartsandbox.anonymize.keys import OsKeys
    from smartsandbox.anonymize.suggest import suggest_policy

    trace = raw_trace([exchange("/v1/a", {"phone": f"+4479111234{n:02d}"}, session=f"s_{n}") for n in range(20)])
    policy = suggest_policy(trace)
    published = []
    for name in ("one", "two"):
        safe = anonymize_trace(trace, policy, OsKeys().key(), tmp_path / name)
        published.append({one.response.body for one in safe.trace.exchanges() if one.response})
    assert len(published[0] & published[1]) <= 4
