"""The pages in a real browser, from the real command: what is seen, and that nothing is fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

VERSION = "2f1d9c04b7aa"
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield opened
        opened.close()


class Visit:
    """A page with everything that went wrong on it and everything that it asked for."""

    def __init__(self, browser: Any, **context: Any) -> None:
        self.page = browser.new_context(**context).new_page()
        self.faults: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.faults.append(message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))


PAGES = [
    "",
    f"packs/payments/{VERSION}",
    f"packs/payments/{VERSION}/certificate",
    f"packs/damaged/{VERSION}",
    f"fixtures/payments/{VERSION}",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_fit_and_fetch_nothing_from_elsewhere(browser: Any, address: str, scheme: str, width: int) -> None:
    visit = Visit(browser, viewport={"width": width, "height": 800}, color_scheme=scheme)
    for page in PAGES:
        visit.page.goto(address + page)
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        assert visit.page.get_by_text("TEST ONLY").first.is_visible()
    assert visit.faults == []
    assert all(url.startswith(address) for url in visit.requests)


def test_a_reader_filters_opens_a_pack_and_reads_its_certificate(browser: Any, address: str) -> None:
    visit = Visit(browser, java_script_enabled=False)
    page = visit.page
    page.goto(address)
    assert page.get_by_role("rowheader").count() == 4
    page.get_by_label("Name, service or template").fill("payments")
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("table", name="Replay packs").get_by_role("link", name="payments", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("payments")
    page.get_by_role("link", name="Privacy certificate").click()
    assert page.get_by_role("heading", name="Privacy certificate").is_visible()
    assert page.get_by_text("Anonymous under these tests at these bounds").is_visible()
    assert page.get_by_role("img", name="Exchanges a second over time").is_visible()


def test_the_keyboard_reaches_the_content_first(browser: Any, address: str) -> None:
    page = Visit(browser).page
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_narrow_list_is_still_a_table_for_a_screen_reader(browser: Any, address: str) -> None:
    page = Visit(browser, viewport={"width": 320, "height": 800}).page
    page.goto(address)
    table = page.get_by_role("table", name="Replay packs")
    assert table.get_by_role("row").count() >= 3
    assert table.get_by_role("rowheader", name="trial").is_visible()
