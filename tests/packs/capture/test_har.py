from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.errors import UnreadableError
from smartsandbox.packs.model import Exchange, FailureKind

Read = Callable[..., tuple[list[Exchange], Report]]


def entry(request: dict[str, Any] | None = None, response: Any = ..., **fields: Any) -> dict[str, Any]:
    """A HAR entry that is whole unless a test takes something away or puts something in."""
    answer = {"status": 200, "statusText": "OK", "headers": [], "content": {"text": "{}"}}
    return {
        "startedDateTime": "2026-03-02T12:00:00.000Z",
        "time": 3,
        "timings": {"send": 0, "wait": 2, "receive": 1},
        "request": {"method": "GET", "url": "https://a.test/x", "headers": [], **(request or {})},
        "response": answer if response is ... else response,
        **fields,
    }


def har(*entries: Any) -> dict[str, Any]:
    return {"log": {"version": "1.2", "entries": list(entries)}}


def one(read: Read, item: dict[str, Any]) -> Exchange:
    (exchange,), _ = read(har(item))
    return exchange


def reason(read: Read, item: Any) -> str:
    exchanges, report = read(har(item))
    assert exchanges == []
    (found,) = report.ledger.dropped
    return found


def test_an_entry_becomes_an_exchange(read: Read) -> None:
    exchange = one(read, entry())
    assert exchange.request.method == "GET"
    assert (exchange.request.host, exchange.request.path) == ("a.test", "/x")
    assert exchange.response is not None
    assert (exchange.response.status, exchange.response.reason, exchange.response.body) == (200, "OK", b"{}")
    assert (exchange.started_us, exchange.ttfb_us, exchange.total_us) == (1_772_452_800_000_000, 2_000, 3_000)
    assert exchange.source == "capture#0"


def test_http2_pseudo_headers_fill_a_url_that_is_only_a_path(read: Read) -> None:
    lines = [[":authority", "B.test"], [":scheme", "https"], [":path", "/y"], ["accept", "*/*"]]
    request = one(read, entry({"url": "/y?z=1", "headers": lines})).request
    assert (request.scheme, request.host, request.path, request.query) == ("https", "b.test", "/y", "z=1")
    assert request.headers == (("accept", "*/*"),)


def test_the_query_list_stands_in_where_the_url_has_no_query(read: Read) -> None:
    query = [{"name": "a b", "value": "1"}]
    assert one(read, entry({"queryString": query})).request.query == "a+b=1"
    assert one(read, entry({"queryString": query, "url": "https://a.test/x?c=2"})).request.query == "c=2"


def test_cookie_lists_stand_in_where_the_headers_have_none(read: Read) -> None:
    cookies = [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}]
    assert one(read, entry({"cookies": cookies})).request.headers == (("Cookie", "a=1; b=2"),)
    held = [{"name": "cookie", "value": "c=3"}]
    assert one(read, entry({"cookies": cookies, "headers": held})).request.headers == (("cookie", "c=3"),)
    response = one(read, entry(response={"status": 200, "cookies": cookies})).response
    assert response is not None
    assert response.headers == (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))


@pytest.mark.parametrize(
    ("response", "failure"),
    [
        ({"status": 0, "statusText": "", "_error": "net::ERR_CONNECTION_RESET"}, FailureKind.RESET),
        ({"status": 0, "statusText": "net::ERR_NAME_NOT_RESOLVED"}, FailureKind.CONNECT),
        ({"status": 0, "_error": {"code": "ETIMEDOUT", "message": "x"}}, FailureKind.TIMEOUT),
        ({"status": 0}, FailureKind.UNANSWERED),
        ({}, FailureKind.UNANSWERED),
        (None, FailureKind.UNANSWERED),
    ],
)
def test_no_answer_is_a_failure_of_the_kind_the_recorder_named(read: Read, response: Any, failure: FailureKind) -> None:
    exchange = one(read, entry(response=response))
    assert (exchange.response, exchange.failure) == (None, failure)


def test_an_answer_that_broke_off_is_a_failure_with_its_part(read: Read) -> None:
    response = {"status": 200, "content": {"text": "par"}, "_error": "net::ERR_CONTENT_LENGTH_MISMATCH"}
    exchange = one(read, entry(response=response))
    assert exchange.failure is FailureKind.TRUNCATED
    assert exchange.response is not None
    assert exchange.response.body == b"par"


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (entry({"url": "data:text/plain,x"}), 'the URL is not HTTP but "data"'),
        (entry({"url": "blob:https://a.test/1"}), 'the URL is not HTTP but "blob"'),
        (
            entry(response={"status": 0, "_error": "net::ERR_BLOCKED_BY_CLIENT"}),
            "never sent: the client blocked the request",
        ),
        (entry(response={"status": 999}), "the response status is not 100 to 599"),
        (entry(response={"status": "x"}), "the response has no status that is a number"),
        (entry({"method": ""}), "the method is missing or malformed"),
        ({"response": {}}, "the request is missing"),
        (None, "the request is missing"),
        (5, "the request is missing"),
    ],
)
def test_an_entry_that_is_no_exchange_falls_out_with_its_reason(read: Read, item: Any, expected: str) -> None:
    assert reason(read, item) == expected


def test_one_bad_entry_costs_itself_only_and_is_named(read: Read) -> None:
    exchanges, report = read(har(entry(), {"request": 5}, entry()), "a.har")
    assert [exchange.source for exchange in exchanges] == ["a.har#0", "a.har#2"]
    assert report.listing() == ["a.har entry 1: the request is missing"]


def test_a_missing_time_is_taken_from_the_date_header(read: Read) -> None:
    dated = {"status": 200, "headers": [{"name": "Date", "value": "Mon, 02 Mar 2026 12:00:05 GMT"}]}
    assert one(read, entry(response=dated, startedDateTime="soon")).started_us == 1_772_452_805_000_000


def test_a_file_is_one_session_unless_its_credentials_differ(read: Read) -> None:
    def by(token: str) -> dict[str, Any]:
        return entry({"headers": [{"name": "Authorization", "value": token}]})

    same, _ = read(har(entry(), by("Bearer a"), entry()))
    assert len({exchange.session for exchange in same}) == 1
    several, _ = read(har(by("Bearer a"), by("Bearer b"), by("Bearer a")))
    assert [exchange.session == several[0].session for exchange in several] == [True, False, True]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"log": {"version": "1.2"}}, "not a complete HAR: log.entries is missing"),
        ({"log": []}, "not a HAR: it has no log object"),
    ],
)
def test_a_file_without_entries_is_one_clear_line(read: Read, content: Any, expected: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read(content)
    assert caught.value.reason == expected


def test_a_byte_order_mark_is_tolerated(read: Read) -> None:
    assert len(read(b'\xef\xbb\xbf{"log": {"entries": []}}')[0]) == 0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
RQ = ("method", "url", "headers", "cookies", "queryString", "postData")
RS = ("status", "statusText", "headers", "content", "cookies", "_error")
requests = st.fixed_dictionaries({"method": st.just("GET"), "url": st.just("https://a.test/x")}) | st.dictionaries(
    st.sampled_from(RQ), json_values
)
broken_entries = st.fixed_dictionaries(
    {"request": requests},
    optional={
        "response": st.dictionaries(st.sampled_from(RS), json_values) | json_values,
        "startedDateTime": json_values,
        "time": json_values,
        "timings": json_values,
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.lists(broken_entries | json_values, max_size=4))
def test_entries_of_any_shape_are_kept_or_counted(read: Read, entries: list[Any]) -> None:
    exchanges, report = read(har(*entries))
    assert len(exchanges) + report.ledger.seen == len(entries)
