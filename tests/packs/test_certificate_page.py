"""The page of a certificate: it says what is claimed and no more, holds its own style, and escapes what it shows."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from smartsandbox.packs.bounds import REQUIRED
from smartsandbox.packs.certificate import Certificate, Verdict
from smartsandbox.packs.certificate_figures import Interval, Share, interval_figure, shares_figure
from smartsandbox.packs.certificate_page import STYLE, About, certificate_page
from smartsandbox.packs.keyring import TrustedKey
from smartsandbox.packs.signing import SigningKey
from smartsandbox.packs.testing import hand_made_verdicts

KEY = TrustedKey(SigningKey.new().public, "publisher.pub")
ABOUT = About("pack", "orders@1", {"pack": "a" * 64})
BOUNDS = {"risk": 0.2, "confidence": 0.95, "judged_on": "upper end of the interval"}
ATTACK = Verdict(
    "attack: invented",
    "inference",
    True,
    "held",
    BOUNDS,
    {"risk": 0.05, "risk_low": 0.01, "risk_high": 0.125, "attempts": 40, "control_attempts": 40},
)
WAIVED = replace(ATTACK, check="attack: also invented", passed=False, told=False, waiver="12 sessions in this capture")
VOID = {"meta", "col", "rect", "line", "circle"}


def certificate(*others: Verdict, anonymised: bool = True) -> Certificate:
    ledger = {"leaves": 100, "kept": 60, "surrogated": 30, "dropped": 10, "by_outcome": {"keep": 60}}
    return Certificate("c" * 64, "d" * 64, anonymised, "e" * 64, (*hand_made_verdicts(), *others), ledger)


def words(page: str) -> str:
    """The text of a page without its style, with single spaces."""
    body = page.partition("<body>")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


class Nesting(HTMLParser):
    """Fails on an element that is not closed in order; keeps what could fetch or run something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.active: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag in ("script", "link", "img", "iframe") or names & {"src", "href", "style", "onload"}:
            self.active.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize(
    "judged", [certificate(ATTACK, WAIVED), certificate(anonymised=False), Certificate("", "", True, "", (), {})]
)
def test_a_page_is_well_formed_and_fetches_nothing(judged: Certificate) -> None:
    page = Nesting(certificate_page(judged, ABOUT, (KEY,)))

    assert page.open == []
    assert page.active == []


def test_the_page_says_the_claim_the_adversary_and_who_signed() -> None:
    text = words(certificate_page(certificate(ATTACK), ABOUT, (KEY,)))

    assert "TEST ONLY" in text
    assert (
        f"Anonymous under these tests at these bounds. {len(REQUIRED) + 1} of {len(REQUIRED) + 1} checks held." in text
    )
    assert "Against someone who holds everything that is published" in text
    assert f"signed, trusted as publisher.pub Ed25519 key {KEY.fingerprint}" in text
    assert "Nobody vouches" not in text


def test_every_criterion_has_its_part_tested_or_not() -> None:
    text = words(certificate_page(certificate(), ABOUT, (KEY,)))

    assert f"Singling out {len(REQUIRED)} of {len(REQUIRED)} passed" in text
    assert "Linkability No check of this certificate speaks to it." in text
    assert "Inference No check of this certificate speaks to it." in text


def test_an_attack_shows_its_interval_and_its_bound() -> None:
    page = certificate_page(certificate(ATTACK), ABOUT, (KEY,))

    assert "risk at most 0.2, by the upper end of the 95% interval" in words(page)
    assert 'aria-label="Risk 0.050 (0.010 to 0.125) on a scale from 0 to 1, bound 0.2"' in page


def test_an_attack_that_had_nothing_to_try_shows_no_interval() -> None:
    untried = replace(
        WAIVED, summary="cannot tell: nothing could be attempted", metrics={**WAIVED.metrics, "attempts": 0}
    )
    page = certificate_page(certificate(untried), ABOUT, (KEY,))

    assert "cannot tell: nothing could be attempted" in words(page)
    assert 'aria-label="Risk 0.050' not in page


def test_a_waived_check_is_shown_as_not_told_with_the_reason_and_never_as_passed() -> None:
    text = words(certificate_page(certificate(WAIVED), ABOUT, (KEY,)))

    assert "Accepted without a result" in text
    assert "? not told accepted by the policy: 12 sessions in this capture" in text
    assert "Inference 0 of 1 passed" in text
    assert "No check of this certificate speaks to inference." in text


def test_what_is_accepted_for_test_accounts_stands_there_with_what_was_found_and_the_statement() -> None:
    stated = replace(ATTACK, passed=False, summary="breached: risk 0.52", test_accounts="our <staging> tenant")
    judged = replace(certificate(stated), test_accounts="our <staging> tenant")
    page = certificate_page(judged, ABOUT, (KEY,))
    text = words(page)

    assert "Test accounts only Not claimed to be anonymous against 1 test: the policy says test accounts only" in text
    assert "our &lt;staging&gt; tenant" in page
    assert "attack: invented: breached: risk 0.52" in text
    assert "✕ did not hold accepted for test accounts only" in text
    assert "Inference 0 of 1 passed" in text


def test_without_a_trusted_signature_the_page_says_so_first() -> None:
    text = words(certificate_page(certificate(), ABOUT, (), "it is not signed"))

    assert text.index("Nobody vouches for it It is not signed.") < text.index("Against whom")


def test_a_certificate_against_its_own_numbers_is_not_shown_as_passed() -> None:
    wrong = replace(ATTACK, metrics={**ATTACK.metrics, "risk_high": 0.5})
    text = words(certificate_page(certificate(wrong), ABOUT, (KEY,)))

    assert "Nothing of this may be used." in text
    assert "risk_high 0.5 is over risk 0.2" in text


def test_what_became_of_the_values_adds_up() -> None:
    text = words(certificate_page(certificate(), ABOUT, (KEY,)))

    assert "kept 60 60.0% surrogated 30 30.0% dropped 10 10.0%" in text
    assert "Of 100 values" in text


def test_groups_are_counted_by_whatever_the_check_calls_them() -> None:
    diverse = Verdict("l-diversity", "inference", True, "", {"segment": "distinct 3"}, {"groups": 31})
    rare = Verdict("k^m-anonymity", "singling out", True, "", {"k": 5, "m": 2, "rare": 0}, {"people": 1200})
    text = words(certificate_page(certificate(diverse, rare), ABOUT, (KEY,)))

    assert "l-diversity segment distinct 3 – 31 – –" in text
    assert "k^m-anonymity k at least 5, m = 2, rare 0 1,200 – – –" in text


def test_whatever_a_certificate_says_is_text() -> None:
    nasty = "<script>alert(1)</script>"
    verdict = Verdict(nasty, nasty, False, nasty, {nasty: nasty, "k": nasty}, {"quasi_identifiers": nasty}, (nasty,))
    waived = replace(WAIVED, waiver=nasty, metrics={})
    judged = replace(certificate(verdict, waived), ledger={nasty: 3}, policy_digest=nasty)

    assert "<script" not in certificate_page(judged, About(nasty, nasty, {nasty: nasty}), (KEY,), nasty)


def test_an_interval_is_drawn_to_scale() -> None:
    # 240 wide with 6 at each end: 0 is at 6, 0.25 at 63, 0.5 at 120, 1 at 234.
    figure = interval_figure(Interval(0.25, 0.0, 0.5, 1.0))

    assert 'class="span within" x1="6.0" x2="120.0"' in figure
    assert 'cx="63.0"' in figure
    assert 'class="bound" x1="234.0"' in figure
    assert 'class="span beyond"' in interval_figure(Interval(0.25, 0.0, 0.5, 0.4))
    assert 'x2="234.0"' in interval_figure(Interval(0.5, 0.4, 7.0, 0.2))


def test_shares_fill_the_bar_and_nothing_draws_nothing() -> None:
    figure = shares_figure([Share("a", 3, "v1"), Share("b", 0, "v2"), Share("c", 1, "v3")], "values")

    assert re.findall(r'x="([\d.]+)" y="0" width="([\d.]+)"', figure) == [("0.00", "540.00"), ("540.00", "180.00")]
    assert shares_figure([Share("a", 0, "v1")], "values") == ""


TEXT = [("ink", "page"), ("soft", "page"), ("banner-ink", "banner"), ("ink", "good-under"), ("ink", "bad-under")]
TEXT += [("ink", "warn-under"), *((tone, f"{tone}-under") for tone in ("good", "warn", "bad"))]
MARKS = [(name, "page") for name in ("good", "bad", "v1", "v2", "v3", "v4", "v5", "soft")]
MARKS += [("good", "over"), ("bad", "over"), ("soft", "over")]


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", range(3), ids=["light", "dark", "paper"])
def test_colours_have_the_contrast_that_aa_asks_for(scheme: int) -> None:
    block = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", block))

    def contrast(one: str, other: str) -> float:
        low, high = sorted(luminance(colours[name]) for name in (one, other))
        return (high + 0.05) / (low + 0.05)

    assert [pair for pair in TEXT if contrast(*pair) < 4.5] == []
    assert [pair for pair in MARKS if contrast(*pair) < 3] == []


CHROMIUM = Path("/usr/bin/chromium")


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}: apt-get install chromium")
def test_the_page_fits_narrow_and_wide_screens_and_few_sheets_of_paper(tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    judged = certificate(ATTACK, replace(WAIVED, findings=(f"GET /v1/{'x' * 90}: 3 of 12",)))
    (tmp_path / "page.html").write_text(certificate_page(judged, ABOUT, (), f"it is signed by the key {'c' * 64}"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        for width in (320, 360, 768, 1280):
            page = browser.new_page(viewport={"width": width, "height": 800})
            page.goto((tmp_path / "page.html").as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        paper = page.pdf(prefer_css_page_size=True)
        browser.close()
    assert paper.count(b"/Type /Page\n") <= 3
