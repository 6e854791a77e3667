from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus, unquote, unquote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smartsandbox.anonymize.leaks.needles import LONGEST
from smartsandbox.anonymize.leaks.scan import BLOCK, DEPTH
from smartsandbox.anonymize.leaks.scanner import LeakScanner

SECRET = "Ottoline O'Neill <ottoline+1@tidewater.test>"

CODES: dict[str, Callable[[str], str]] = {
    "plain": str,
    "lower": str.lower,
    "upper": str.upper,
    "percent": lambda text: quote(text, safe=""),
    "form": quote_plus,
    "html": html.escape,
    "json": lambda text: json.dumps(text)[1:-1].replace("/", "\\/").replace("<", "\\u003c"),
    "hex": lambda text: text.encode().hex(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64url": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
}
SECRETS = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=12, max_size=40).map(str.strip)
LONG_ENOUGH = SECRETS.filter(lambda text: len(text) > 8 and text[0].isalnum() and text[-1].isalnum())

_BASE64_RUN = re.compile(r"[A-Za-z0-9+/]{8,}={0,2}")


def decodings(text: str) -> Iterator[str]:
    """What a text says in one code, by the standard library alone."""
    yield from (unquote(text), unquote_plus(text), html.unescape(text))
    yield re.sub(r'(?:\\(?:u[0-9a-f]{4}|["\\/bfnrt]))+', lambda match: str(json.loads(f'"{match[0]}"')), text)
    for run in _BASE64_RUN.findall(text.translate(str.maketrans("-_", "+/"))):
        bare = run.rstrip("=")
        yield base64.b64decode(bare + "=" * (-len(bare) % 4) if len(bare) % 4 != 1 else bare[:-1]).decode(
            "utf-8", "replace"
        )
    for run in re.findall("[0-9a-fA-F]{12,}", text):
        yield bytes.fromhex(run[: len(run) // 2 * 2]).decode("utf-8", "replace")


def reference_finds(needle: str, text: str, depth: int) -> bool:
    """A slow search that shares nothing with the fast one."""
    if re.search(rf"(?<![^\W_]){re.escape(needle)}(?![^\W_])", text, re.IGNORECASE):
        return True
    return depth > 0 and any(reference_finds(needle, one, depth - 1) for one in {*decodings(text)} - {text})


@pytest.mark.parametrize("code", CODES)
def test_a_value_is_found_in_every_encoding(code: str) -> None:
    assert LeakScanner([SECRET]).finds(f"before {CODES[code](SECRET)} after")


@pytest.mark.parametrize("before", ["", "x", "xx", "xxx"])
@pytest.mark.parametrize("code", ["hex", "base64", "base64url"])
def test_a_value_is_found_at_every_alignment_of_a_code(code: str, before: str) -> None:
    coded = CODES[code](f"{before} {SECRET} {before}")
    assert LeakScanner([SECRET]).finds(f"{before}{coded}")
    assert LeakScanner([SECRET]).finds(f"{before} {coded}")


@given(LONG_ENOUGH, st.lists(st.sampled_from(sorted(CODES)), min_size=1, max_size=DEPTH), st.integers(0, 3))
@example("straße I\N{COMBINING DOT ABOVE}zmir 12", ["upper"], 0)
@example("ΟΔΥΣΣΕΥΣ ΟΔΟΣ", ["lower"], 0)
@example("12 µ ΐ straße", ["upper"], 0)
def test_whatever_the_slow_search_finds_the_fast_one_finds(secret: str, codes: list[str], lead: int) -> None:
    text = f"{'x' * lead} {secret} y"
    for code in codes:
        text = f"{'z' * lead} {CODES[code](text)} z"
    if reference_finds(secret, text, len(codes)):
        assert LeakScanner([secret, "another value"], bits=12).finds(text)


@given(LONG_ENOUGH, st.sampled_from(sorted(set(CODES) - {"upper", "lower"})), st.sampled_from(sorted(CODES)))
def test_a_value_in_one_code_inside_another_is_found(secret: str, inner: str, outer: str) -> None:
    if outer in ("upper", "lower"):
        outer = "json"
    assert LeakScanner([secret]).finds(f"a {CODES[outer](f' {CODES[inner](secret)} ')} b")


@given(LONG_ENOUGH, st.text(max_size=40))
def test_a_text_without_the_value_in_any_code_gives_no_hit(secret: str, text: str) -> None:
    if not reference_finds(secret, text, DEPTH) and secret.lower() not in text.lower():
        assert not LeakScanner([secret], bits=4).finds(text)


@pytest.mark.parametrize(
    "text",
    [
        "brandonhill",
        base64.b64encode(b"brandonhill").decode(),
        b"brandonhill".hex(),
        "%62randonhill",
        "1234567890",
        "x" * 5000 + "%20",
        "brandonhill" + "." * 900 + "%20",
    ],
)
def test_a_part_of_a_longer_word_or_number_is_no_hit(text: str) -> None:
    assert not LeakScanner(["brandon", "123456789", "x" * 40]).finds(text)


@pytest.mark.parametrize("text", ["\\nbrandon\\t", "to:\\u000abrandon", "\\ud83d\\ude00 brandon"])
def test_a_word_behind_an_escaped_character_stands_apart(text: str) -> None:
    assert LeakScanner(["brandon"]).finds(text)


def test_a_letter_beyond_the_basic_plane_is_found_as_two_escapes() -> None:
    assert LeakScanner(["salma \N{GRINNING FACE} k"]).finds('"salma \\ud83d\\ude00 k"')


def test_short_values_are_not_searched_for() -> None:
    assert LeakScanner(["abc", "12345678"]).count == 0
    assert not LeakScanner(["abc"]).finds("abc")


def test_a_value_longer_than_what_is_looked_at_is_found_by_its_end() -> None:
    long = "quillon " * LONGEST + "the end"
    assert LeakScanner([long]).finds(f"<p>{long}</p>")
    assert not LeakScanner([long]).finds("quillon quillon the end")


def test_a_value_is_found_in_bytes_that_are_no_text() -> None:
    assert LeakScanner(["acct_1Nb7xQ9aZ"]).finds_in_bytes(b"\xff\x00acct_1Nb7xQ9aZ\xff")


def test_a_value_is_found_in_latin_1() -> None:
    assert LeakScanner(["José Peña"]).finds_in_bytes("to José Peña".encode("latin-1"))


def test_an_iterator_of_values_is_read_once_and_kept() -> None:
    scanner = LeakScanner(iter(["acct_1Nb7xQ9aZ"]))
    assert scanner.finds("acct_1Nb7xQ9aZ")
    assert scanner.finds("ACCT_1NB7XQ9AZ")


def test_values_are_told_by_nothing_that_a_scan_shows() -> None:
    scan = LeakScanner([SECRET]).scan()
    scan.feed("a place", SECRET.encode())
    assert "ottoline" not in repr(scan).lower()


def test_hits_count_the_texts_of_each_place() -> None:
    scan = LeakScanner([SECRET, "acct_1Nb7xQ9aZ"]).scan()
    for place, text in [("a", SECRET), ("a", SECRET.lower()), ("b", "nothing"), ("c", "acct_1Nb7xQ9aZ " + SECRET)]:
        scan.feed(place, text.encode())
    assert scan.close() == {"a": 2, "c": 1}


def test_texts_that_stand_side_by_side_in_the_buffer_do_not_make_a_value() -> None:
    scan = LeakScanner(["brandon hill"]).scan()
    for text in (b"brandon ", b"hill", b"brandon\0hill", b"YnJhbmRvbi", b"BoaWxs"):
        scan.feed("x", text)
    assert not scan.close()


def test_more_candidates_than_are_held_are_judged_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smartsandbox.anonymize.leaks.scan._MOST_CANDIDATES", 1)
    monkeypatch.setattr("smartsandbox.anonymize.leaks.scan.BLOCK", 1)
    scan = LeakScanner([f"customer-{number:06}" for number in range(40)]).scan()
    for number in range(20):
        scan.feed(number, b"x customer-%06d y" % (number * 2))
    assert sorted(map(str, scan.close())) == sorted(str(number) for number in range(20))


@pytest.mark.slow
@pytest.mark.parametrize("code", ["plain", "percent", "base64", "hex"])
def test_a_value_is_found_deep_inside_a_long_text(code: str) -> None:
    filler = "the quick brown fox " * (BLOCK // 10)
    assert LeakScanner([SECRET]).finds(filler + CODES[code](f" {SECRET} ") + filler)


def test_a_word_is_no_name_where_its_code_was_cut_for_an_escape_nearby() -> None:
    """Only the surroundings of an escape are undone; a code that they cut through ends in the midst of a word."""
    coded = base64.b64encode(f"{'fitzpatrick and ' * 60}".encode()).decode()
    texts = [f"{coded[: len(coded) - at // 4 * 4]}%20{'y' * at}" for at in range(0, 400, 7)]
    assert not any(map(LeakScanner(["Patrick"]).finds, texts))
