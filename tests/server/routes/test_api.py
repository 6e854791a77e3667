from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

VERSION = "2f1d9c04b7aa"
PACK = f"/api/v1/packs/payments/versions/{VERSION}"
FIXTURES = f"/api/v1/fixtures/payments/versions/{VERSION}"
JSON_PATHS = [
    "/api/v1/health",
    "/api/v1/packs",
    "/api/v1/packs/payments",
    PACK,
    f"{PACK}/shape",
    f"{PACK}/certificate",
    f"{PACK}/verification",
    "/api/v1/fixtures",
    "/api/v1/fixtures/payments",
    FIXTURES,
    f"{FIXTURES}/certificate",
    f"{FIXTURES}/entities/account/rows",
]


@pytest.mark.parametrize("path", [*JSON_PATHS, f"{PACK}/download", f"{FIXTURES}/download"])
def test_a_client_that_holds_the_answer_is_told_so(client: Any, path: str) -> None:
    first = client.get(path)
    assert first.status_code == 200
    again = client.get(path, if_none_match=f'"other", {first.headers["etag"]}')
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_tags_differ_where_answers_do(client: Any) -> None:
    paths = [*JSON_PATHS, f"{PACK}/download?format=tar", f"{PACK}/download?format=zip", f"{PACK}/shape?points=2"]
    answers = [client.get(path) for path in paths]
    assert len({answer.headers["etag"] for answer in answers}) == len({answer.content for answer in answers})


def test_a_list_comes_in_pages_that_link_to_the_next(client: Any) -> None:
    seen, path = [], "/api/v1/packs?limit=1&sort=-exchanges"
    while path:
        answer = client.get(path)
        page = answer.json()
        seen += [item["name"] for item in page["items"]]
        assert page["total"] == 3
        assert ("link" in answer.headers) is (page["next"] is not None)
        path = answer.links["next"]["url"] if page["next"] else ""
    assert seen == ["damaged", "payments", "trial"]


def test_the_versions_of_a_pack_are_a_list(publish: Callable[..., Any], of_store: Callable[[], Any]) -> None:
    for version in ("2", "1"):
        publish("payments", version=version)
    publish("payments-peak")
    page = of_store().get("/api/v1/packs/payments?limit=1").json()
    assert ([item["version"] for item in page["items"]], page["next"], page["total"]) == (["1"], "payments@1", 2)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/packs/none",
        "/api/v1/packs/payments/versions/none",
        "/api/v1/packs/none/versions/1/download",
        "/api/v1/fixtures/none",
        "/api/v1/fixtures/none/versions/1",
        f"{FIXTURES}/entities/none/rows",
        "/api/v1/none",
        "/api/v1/packs/",
    ],
)
def test_what_is_not_there_is_a_problem(client: Any, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert (answer.json()["type"], answer.json()["instance"]) == ("/problems/not-found", path)


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/api/v1/packs?limit=0", "#/query/limit"),
        ("/api/v1/packs?limit=x", "#/query/limit"),
        ("/api/v1/packs?sort=colour", "#/query/sort"),
        ("/api/v1/packs?cursor=!", "#/query/cursor"),
        ("/api/v1/packs?temlate=peak", "#/query/temlate"),
        ("/api/v1/packs/..%2F..%2Fetc", None),
        ("/api/v1/packs/%2e%2e%2fx", None),
        ("/api/v1/packs/.hidden", "#/path/name"),
        ("/api/v1/packs/UPPER", "#/path/name"),
        ("/api/v1/packs/a%00b", "#/path/name"),
        ("/api/v1/packs/a%0A", "#/path/name"),
        ("/api/v1/packs/a/versions/*", "#/path/version"),
        ("/api/v1/packs/" + "a" * 81, "#/path/name"),
        (f"{PACK}/download?format=exe", "#/query/format"),
        (f"{PACK}/shape?points=1", "#/query/points"),
        (f"{FIXTURES}/entities/..%2Fmanifest/rows", None),
        (f"{FIXTURES}/entities/.x/rows", "#/path/entity"),
    ],
)
def test_a_request_that_cannot_be_used_is_pointed_at(client: Any, path: str, pointer: str | None) -> None:
    answer = client.get(path)
    assert answer.headers["content-type"] == "application/problem+json"
    if pointer is None:
        assert answer.status_code == 404
    else:
        assert answer.status_code == 422
        assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_catalogue_is_only_read(client: Any, method: str) -> None:
    answer = client.ask(method, "/api/v1/packs")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.json()["type"] == "/problems/method-not-allowed"


def test_a_damaged_pack_is_described_and_not_handed_out(client: Any) -> None:
    place = f"/api/v1/packs/damaged/versions/{VERSION}"
    detail = client.get(place).json()
    assert detail["summary"]["state"] == "damaged"
    for part in ("shape", "download"):
        answer = client.get(f"{place}/{part}")
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/damaged-item")
    assert client.get(f"{place}/verification").json()["holds"] is False


@pytest.mark.parametrize("place", [PACK, FIXTURES])
def test_a_download_is_the_published_folder(client: Any, shop: Path, place: str) -> None:
    answer = client.get(f"{place}/download?format=tar")
    assert answer.headers["content-disposition"] == f'attachment; filename="payments-{VERSION}.tar"'
    kind = place.split("/")[3]
    published = {file.name: file.read_bytes() for file in (shop / kind / "payments" / VERSION).iterdir()}
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as opened:
        found = {Path(entry.name).name: opened.extractfile(entry).read() for entry in opened}  # type: ignore[union-attr]
    assert found == published


def test_a_store_that_cannot_be_listed_is_said_to_be_unreachable(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: Any) -> None:
        raise ConnectionError("s3.secret.example refused")

    monkeypatch.setattr(client.app.state.store, "list", fail)
    for path in ("/api/v1/health", "/api/v1/packs", "/api/v1/fixtures"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/store-unreachable")
        assert "secret" not in answer.text
