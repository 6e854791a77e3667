from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from smartsandbox.server.openapi import content, document

SNAPSHOT = Path(__file__).parents[2] / "docs/openapi.json"


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_the_committed_document_is_current() -> None:
    assert SNAPSHOT.read_bytes() == content(), "run: python -m smartsandbox.server.openapi docs/openapi.json"


def test_the_document_is_openapi_3_1_and_holds_no_page() -> None:
    assert document()["openapi"].startswith("3.1.")
    assert all(path.startswith("/api/v1/") for path in document()["paths"])


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for _, operation in operations()]
    assert len(ids) == len(set(ids)) == 14


@pytest.mark.parametrize("name", [name for name, _ in operations()])
def test_an_operation_documents_its_success_and_its_problems(name: str) -> None:
    operation = dict(operations())[name]
    answers = operation["responses"]
    assert {"200", "304", "421", "500"} <= answers.keys()
    assert "ETag" in answers["200"]["headers"]
    assert operation["summary"]
    assert operation["description"]
    for status, answer in answers.items():
        if int(status) >= 400:
            assert answer["content"]["application/problem+json"]["example"]["status"] == int(status)
    if "application/json" in answers["200"]["content"]:
        assert answers["200"]["content"]["application/json"]["example"]


def test_the_document_says_what_every_parameter_means() -> None:
    unexplained = [
        (name, parameter["name"])
        for name, operation in operations()
        for parameter in operation.get("parameters", [])
        if not parameter.get("description")
    ]
    assert unexplained == []


def test_the_server_gives_the_same_document(client: Any) -> None:
    assert client.get("/api/v1/openapi.json").json() == json.loads(content())
