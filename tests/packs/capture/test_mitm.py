from __future__ import annotations

import gzip
import io
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartsandbox.packs.capture.clients import TOLD_APART
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Exchange, FailureKind

mitmproxy_test = pytest.importorskip("mitmproxy.test.tflow")

Read = Callable[..., tuple[list[Exchange], Report]]
START = 1_772_452_800.0


def a_flow(**changes: Any) -> Any:
    """A whole HTTP flow to https://a.test/x with fixed times."""
    from mitmproxy import http

    flow = mitmproxy_test.tflow(resp=True)
    flow.request = http.Request.make("GET", "https://a.test/x?y=1", b"", {"Host": "a.test"})
    flow.request.timestamp_start, flow.request.timestamp_end = START, START + 0.001
    flow.response = http.Response.make(200, b"hello", {"X-A": "1"})
    flow.response.timestamp_start, flow.response.timestamp_end = START + 0.25, START + 0.5
    for name, value in changes.items():
        setattr(flow, name, value)
    return flow


def saved(*flows: Any) -> bytes:
    from mitmproxy.io import FlowWriter

    stream = io.BytesIO()
    for flow in flows:
        FlowWriter(stream).add(flow)
    return stream.getvalue()


def one(read: Read, flow: Any) -> Exchange:
    (exchange,), _ = read(saved(flow))
    return exchange


def test_a_flow_becomes_an_exchange_with_its_times(read: Read) -> None:
    exchange = one(read, a_flow())
    assert (exchange.request.scheme, exchange.request.host, exchange.request.target) == ("https", "a.test", "/x?y=1")
    assert exchange.response is not None
    assert (exchange.response.status, exchange.response.body) == (200, b"hello")
    assert (exchange.started_us, exchange.ttfb_us, exchange.total_us) == (1_772_452_800_000_000, 250_000, 500_000)


def test_the_name_the_client_used_goes_before_the_address_that_was_dialled(read: Read) -> None:
    flow = a_flow()
    flow.request.host, flow.request.port = "192.0.2.7", 443
    flow.request.headers["Host"] = "Shop.test"
    assert one(read, flow).request.host == "shop.test"
    flow.request.authority = "h2.test:8443"
    assert one(read, flow).request.host == "h2.test:8443"


def test_a_garbled_host_header_leaves_the_address(read: Read) -> None:
    flow = a_flow()
    flow.request.headers["Host"] = "a b/c"
    flow.request.data.host, flow.request.data.port = "192.0.2.7", 8080
    assert one(read, flow).request.host == "192.0.2.7:8080"


def test_a_packed_body_is_unpacked_and_its_header_stays(read: Read) -> None:
    flow = a_flow()
    flow.response.headers["Content-Encoding"] = "gzip"
    flow.response.raw_content = gzip.compress(b"plain")
    response = one(read, flow).response
    assert response is not None
    assert response.body == b"plain"
    assert ("Content-Encoding", "gzip") in response.headers


def test_header_bytes_that_are_not_utf8_are_latin1(read: Read) -> None:
    flow = a_flow()
    flow.response.headers = type(flow.response.headers)([(b"X-Name", b"caf\xe9")])
    response = one(read, flow).response
    assert response is not None
    assert response.headers == (("X-Name", "café"),)


@pytest.mark.parametrize(
    ("words", "answered", "failure"),
    [
        ("Connection killed.", False, FailureKind.RESET),
        ("connection timed out", False, FailureKind.TIMEOUT),
        ("[Errno 111] Connection refused", False, FailureKind.CONNECT),
        ("who knows", False, FailureKind.UNANSWERED),
        ("who knows", True, FailureKind.TRUNCATED),
        (None, False, FailureKind.UNANSWERED),
        (None, True, None),
    ],
)
def test_an_error_or_a_missing_answer_is_a_failure(
    read: Read, words: str | None, answered: bool, failure: FailureKind | None
) -> None:
    from mitmproxy.flow import Error

    flow = a_flow(error=Error(words, START) if words else None)
    flow.response = flow.response if answered else None
    exchange = one(read, flow)
    assert exchange.failure is failure
    assert (exchange.response is not None) is answered


def test_an_answer_whose_end_was_never_seen_is_truncated(read: Read) -> None:
    flow = a_flow()
    flow.response.raw_content, flow.response.timestamp_end = None, None
    exchange = one(read, flow)
    assert exchange.failure is FailureKind.TRUNCATED
    assert (exchange.ttfb_us, exchange.total_us) == (250_000, None)


def test_a_session_is_a_client_connection(read: Read) -> None:
    first, second, other = a_flow(), a_flow(), a_flow()
    second.client_conn = first.client_conn
    exchanges, _ = read(saved(first, second, other))
    assert [exchange.session == exchanges[0].session for exchange in exchanges] == [True, True, False]


def test_a_connection_of_a_proxy_holds_a_session_for_each_client(read: Read) -> None:
    flows = [a_flow() for _ in range(4)]
    for number, flow in enumerate(flows):
        flow.client_conn = flows[0].client_conn
        flow.request.headers["Authorization"] = f"Bearer client-{number % 2}"
        flow.request.timestamp_start += number
    exchanges, report = read(saved(*flows))
    first, second, third, fourth = (exchange.session for exchange in exchanges)
    assert first == third != second == fourth
    assert report.ledger.notes[TOLD_APART] == 1


def test_other_flows_are_left_out_with_their_reason(read: Read) -> None:
    flows = [mitmproxy_test.ttcpflow(), mitmproxy_test.tudpflow(), mitmproxy_test.tdnsflow(), a_flow()]
    exchanges, report = read(saved(*flows), "a.mitm")
    assert [exchange.source for exchange in exchanges] == ["a.mitm#3"]
    assert report.ledger.dropped == {f"a {name} flow, which is not an exchange": 1 for name in ("TCP", "UDP", "DNS")}


def test_a_file_cut_short_keeps_the_flows_before(read: Read) -> None:
    data = saved(a_flow(), a_flow())
    exchanges, report = read(data[:-40], "a.mitm")
    assert len(exchanges) == 1
    assert report.listing() == [
        "a.mitm entry 1: damaged here: this entry and what follows is lost (the file ends inside this flow)"
    ]


def test_a_length_that_lies_costs_no_memory(read: Read) -> None:
    _, report = read(b"999999999999:4:type,", "a.mitm")
    assert len(report.lines) == 1


def test_a_flow_that_cannot_be_understood_costs_itself_only(read: Read) -> None:
    from mitmproxy.io import tnetstring

    strange = tnetstring.dumps({"type": "http", "version": 20, "request": 5})
    newer = tnetstring.dumps({"type": "http", "version": 9999})
    exchanges, report = read(saved(a_flow()) + strange + newer + saved(a_flow()))
    assert len(exchanges) == 2
    assert len(report.lines) == 2
    assert "upgrade mitmproxy" in report.lines[1]


def test_without_mitmproxy_the_part_to_install_is_named(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(a_flow())
    monkeypatch.setitem(sys.modules, "mitmproxy", None)
    with pytest.raises(UsageError, match=r"install smartsandbox\[record\]"):
        read(data)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=60), st.integers(0, 400))
def test_damage_anywhere_is_survived(read: Read, noise: bytes, at: int) -> None:
    data = saved(a_flow())
    exchanges, report = read(data[:100] + data[100 : 100 + at] + noise + data[100 + at + len(noise) :])
    assert len(exchanges) + report.ledger.seen >= 1
