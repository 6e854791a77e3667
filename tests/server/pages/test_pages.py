from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from smartsandbox.packs.certificate import Certificate
from smartsandbox.packs.guard import PACK, attest_published
from smartsandbox.packs.manifest import Manifest
from smartsandbox.packs.signing import SigningKey

VERSION = "2f1d9c04b7aa"
PAGES = [
    "/",
    f"/packs/payments/{VERSION}",
    "/packs/trial/1",
    f"/packs/damaged/{VERSION}",
    f"/fixtures/payments/{VERSION}",
]
VOID = {"meta", "link", "input", "br", "rect", "path", "line"}


class Outline(HTMLParser):
    """What a page is made of: headings, landmarks, ids, and whether every element is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.levels: list[int] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.found if name == tag]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_well_formed_with_one_main_heading_and_no_level_left_out(client: Any, page: str) -> None:
    outline = Outline(client.get(page).text)
    assert outline.open == []
    assert outline.levels.count(1) == 1
    steps = zip(outline.levels, outline.levels[1:], strict=False)
    assert all(later <= earlier + 1 for earlier, later in steps)
    assert [len(outline.all(tag)) for tag in ("main", "footer")] == [1, 1]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_test_only_before_anything_else(client: Any, page: str) -> None:
    body = client.get(page).text.partition("<body>")[2]
    assert body.index("TEST ONLY") < body.index("<header>")


@pytest.mark.parametrize("page", PAGES)
def test_every_table_has_a_caption_and_every_header_a_scope(client: Any, page: str) -> None:
    outline = Outline(client.get(page).text)
    assert len(outline.all("table")) == len(outline.all("caption"))
    assert all(attrs.get("scope") for attrs in outline.all("th"))


@pytest.mark.parametrize("page", PAGES)
def test_every_chart_has_words_and_every_field_a_label(client: Any, page: str) -> None:
    outline = Outline(client.get(page).text)
    assert all(attrs.get("aria-label") or attrs.get("aria-hidden") for attrs in outline.all("svg"))
    labels = {attrs.get("for") for attrs in outline.all("label")}
    assert {attrs["id"] for tag in ("input", "select") for attrs in outline.all(tag)} == labels


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_no_script_no_inline_style_and_nothing_from_elsewhere(client: Any, page: str) -> None:
    outline = Outline(client.get(page).text)
    assert not outline.all("script")
    assert not outline.all("style")
    for _, attrs in outline.found:
        assert not {name for name in attrs if name == "style" or name.startswith("on")}
        assert all((attrs.get(name) or "/").startswith(("/", "#")) for name in ("href", "src", "action"))


@pytest.mark.parametrize("page", PAGES)
def test_ids_are_unique_and_every_link_inside_a_page_leads_somewhere(client: Any, page: str) -> None:
    outline = Outline(client.get(page).text)
    ids = [attrs["id"] for _, attrs in outline.found if "id" in attrs]
    assert len(ids) == len(set(ids))
    anchors = {href[1:] for attrs in outline.all("a") if (href := attrs.get("href") or "").startswith("#")}
    assert anchors <= set(ids)


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_is_answered(client: Any, page: str) -> None:
    links = {attrs["href"] for attrs in Outline(client.get(page).text).all("a")}
    for link in links:
        assert client.get(str(link)).status_code == 200


def test_the_catalogue_tells_the_state_of_each_pack_in_words(client: Any) -> None:
    text = client.get("/").text
    assert all(words in text for words in ("Passed", "Not anonymised", "Damaged"))
    assert "shape.parquet was changed after publishing" in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?q=tri", {"trial"}),
        ("?template=peak", set()),
        ("?q=&template=&sort=-exchanges", {"payments", "trial", "damaged"}),
    ],
)
def test_the_filter_needs_no_script(client: Any, query: str, shown: set[str]) -> None:
    assert set(re.findall('href="/packs/([a-z]+)/', client.get("/" + query).text)) == shown


def test_the_pages_of_the_catalogue_follow_on_from_each_other(client: Any) -> None:
    seen, address = [], "/?limit=1"
    while address:
        text = client.get(address).text
        seen += re.findall('href="/packs/([a-z]+)/', text)
        found = re.search('href="([^"]*)" rel="next"', text)
        address = found[1].replace("&amp;", "&") if found else ""
    assert seen == ["damaged", "payments", "trial"]


def test_an_empty_catalogue_says_how_to_publish_the_first_pack(empty: Any) -> None:
    text = empty.get("/").text
    assert "Nothing is published yet" in text
    assert "smartsandbox publish" in text


def test_a_filter_that_nothing_meets_offers_the_way_back(client: Any) -> None:
    assert "No pack matches" in client.get("/?q=zzz").text


def test_what_a_manifest_says_is_escaped(
    publish: Callable[..., Any], of_store: Callable[[], Any], tmp_path: Path
) -> None:
    item = publish("payments")
    manifest = Path(item.url) / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"version": "1"', '"version": "<script>"'))
    for page in ("/", "/?q=<script>alert(1)</script>", "/packs/payments/1"):
        assert "<script>" not in of_store().get(page).text


def test_a_pack_page_holds_what_a_reviewer_asks_for(client: Any) -> None:
    text = client.get(f"/packs/payments/{VERSION}").text
    for words in (
        "k-anonymity",
        "singling out",
        "k = 5",
        "What is not covered",
        "inference",
        "smartsandbox drive payments@",
        "Answered from the request",
        "request.body.amount + &#34;&lt;&#34;",
    ):
        assert words in text


def test_a_damaged_pack_offers_no_use(client: Any) -> None:
    text = client.get(f"/packs/damaged/{VERSION}").text
    assert "Damaged." in text
    assert "smartsandbox drive" not in text
    assert "/download" not in text


def test_a_browser_gets_a_page_for_an_error_and_a_program_a_problem(client: Any) -> None:
    page = client.get("/packs/none/1", accept="text/html,*/*;q=0.8")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "no pack none@1 is published here" in page.text
    assert client.get("/packs/none/1").headers["content-type"] == "application/problem+json"
    problem = client.get("/api/v1/packs/none", accept="text/html")
    assert problem.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (f"/packs/payments/{VERSION}/certificate", "this is a replay pack cut from one"),
        (f"/fixtures/payments/{VERSION}/certificate", "this is a fixture set whose models were fitted on one"),
    ],
)
def test_a_certificate_is_one_page_whose_own_sheet_the_policy_lets_in(client: Any, path: str, words: str) -> None:
    answer = client.get(path)
    (sheet,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()

    assert answer.headers["content-type"].startswith("text/html")
    assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert words in answer.text
    assert "trusted as own signing key" in answer.text
    assert f'href="{path}"' in client.get(path.removesuffix("/certificate")).text


def test_a_pack_that_is_signed_by_a_stranger_says_so_on_its_pages(
    publish: Callable[..., Any], of_store: Callable[[], Any]
) -> None:
    item, stranger = publish("payments"), SigningKey.new()
    folder = Path(item.url)
    attest_published(PACK, folder, Manifest.read(folder), Certificate.read(folder / "certificate.json"), stranger)
    client = of_store()

    for path in ("/packs/payments/1", "/packs/payments/1/certificate"):
        assert f"it is signed by the key {stranger.public.fingerprint}" in client.get(path).text.replace(
            "It is", "it is"
        )
    assert client.get("/api/v1/packs/payments/versions/1/download").status_code == 409
    assert client.get("/api/v1/packs/payments/versions/1/certificate").json()["signers"] == []
