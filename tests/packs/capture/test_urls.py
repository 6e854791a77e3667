from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.capture.urls import Address, split_url
from smartsandbox.packs.errors import UnreadableError


@pytest.mark.parametrize(
    ("url", "scheme", "host", "path", "query"),
    [
        ("https://api.test/v1/a?b=1", "https", "api.test", "/v1/a", "b=1"),
        ("HTTP://API.Test:80", "http", "api.test", "/", ""),
        ("https://api.test:443/", "https", "api.test", "/", ""),
        ("https://api.test:8443/", "https", "api.test:8443", "/", ""),
        ("http://api.test:/x", "http", "api.test", "/x", ""),
        ("http://api.test?x=1#frag?y", "http", "api.test", "/", "x=1"),
        ("http://[::1]:8080/x", "http", "[::1]:8080", "/x", ""),
        ("http://[2001:DB8::0:1]/x", "http", "[2001:db8::1]", "/x", ""),
        ("http://bücher.test/é?q=é", "http", "xn--bcher-kva.test", "/%C3%A9", "q=%C3%A9"),
        ("http://a.test/a b%20c%2Fd?x={y}|z", "http", "a.test", "/a%20b%20c%2Fd", "x={y}|z"),
        ("http://a.test/x?a=1?b=2", "http", "a.test", "/x", "a=1?b=2"),
        ("http://a.test/v<ID>/x", "http", "a.test", "/v%3CID%3E/x", ""),
        ("https://api.sandbo<CODE>.test/x", "https", "api.sandbo<code>.test", "/x", ""),
    ],
)
def test_a_url_is_taken_apart(url: str, scheme: str, host: str, path: str, query: str) -> None:
    assert split_url(url) == Address(scheme, host, path, query)


def test_credentials_are_given_beside_the_host() -> None:
    assert split_url("https://ann:p%40ss@a.test/") == Address("https", "a.test", "/", "", "ann:p%40ss")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "the URL is not absolute"),
        ("/v1/accounts", "the URL is not absolute"),
        ("${proto}://a.test/", "the URL is not absolute"),
        ("data:text/plain,hello", 'the URL is not HTTP but "data"'),
        ("chrome-extension://abc/x.js", 'the URL is not HTTP but "chrome-extension"'),
        ("gopher://a.test/", "the URL is not HTTP but another scheme"),
        ("wss://a.test/socket", "a WebSocket, which is not an exchange"),
        ("https:///path", "the host is missing or malformed"),
        ("http://a b.test/", "the host is missing or malformed"),
        ("http://a.test:99999/", "the port is not 0 to 65535"),
        ("http://[::zz]/", "the host is not a valid IPv6 address"),
        ("http://" + "ü" * 80 + ".test/", "the host name cannot be written in ASCII"),
    ],
)
def test_a_url_that_names_no_exchange_is_refused_with_its_reason(url: str, reason: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        split_url(url)
    assert caught.value.reason == reason


@given(st.one_of(st.text(), st.text().map("http://".__add__), st.text().map("https://a.test/".__add__)))
def test_any_text_is_split_into_ascii_or_refused(url: str) -> None:
    try:
        address = split_url(url)
    except UnreadableError:
        return
    assert address.path.startswith("/") or address.path == "*"
    assert f"{address.host}{address.path}{address.query}".isascii()
    assert " " not in f"{address.host}{address.path}{address.query}"


@given(st.text(alphabet="abcxyzABC019-._~!$&'()*+,;=:@/%", max_size=40))
def test_a_path_of_legal_characters_is_not_touched(path: str) -> None:
    assert split_url(f"http://a.test/{path}").path == f"/{path}"
