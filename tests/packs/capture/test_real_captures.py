"""Captures that nobody here wrote, against the counts of their README and the readings of other programs."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from smartsandbox.packs.capture import READERS
from smartsandbox.packs.capture.detect import sniff
from smartsandbox.packs.capture.imports import import_captures
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.trace import RAW, write_trace

pytestmark = pytest.mark.slow

SEEN = {
    "cassettes/pay-rails": 196,
    "cassettes/pay-rails-mangled": 634,
    "cassettes/spree_stripe": 85,
    "cassettes/easypost-ruby": 303,
    "cassettes/easypost-python": 280,
    "cassettes/saleor-avatax": 93,
    "cassettes/okta-sdk-python": 1972,
    "cassettes/slack-ruby-client": 62,
    "har/pygithub": 2077,
    "har/polly-graph-okta": 32,
    "har/polly-graph-jumpcloud": 28,
    "har/polly-graph-google-cloud": 493,
    "har/mitmproxy": 39,
    "har/perfcascade": 1462,
    "har/har-to-k6": 74,
    "mitm": 34,
    "gor": 101,
    "logs/elastic-apache": 10_000,
    "logs/nasa-http": 4000,
}


@pytest.mark.parametrize(("folder", "seen"), SEEN.items())
def test_every_entry_of_a_folder_is_kept_or_has_a_reason(
    captures_dir: Path, tmp_path: Path, folder: str, seen: int
) -> None:
    exchanges, ledger = import_captures([captures_dir / folder])
    assert ledger.seen == seen
    assert ledger.kept == len(exchanges)
    write_trace(tmp_path / "trace", exchanges, RAW, ledger)


@pytest.mark.parametrize("folder", ["cassettes", "har", "mitm", "gor", "logs"])
def test_every_file_gives_exchanges_or_a_clear_line_for_each_entry(captures_dir: Path, folder: str) -> None:
    for path in sorted((captures_dir / folder).rglob("*")):
        if path.is_dir() or sniff(path) is None:
            continue
        report = Report()
        try:
            exchanges, _ = import_captures([path], report=report)
        except UsageError:  # nothing in it could be read
            exchanges = []
        assert exchanges or len(report.lines) == max(1, report.ledger.seen), path


def test_only_the_documents_beside_the_captures_are_taken_for_none(captures_dir: Path) -> None:
    strangers = [
        path.name
        for folder in ("cassettes", "har", "mitm")
        for path in (captures_dir / folder).rglob("*")
        if path.is_file() and sniff(path) is None
    ]
    assert sorted(strangers) == [
        f"{name}.json" for name in ("charles", "chrome", "firefox", "insomnia", "postdata", "safari")
    ]
    for folder in ("arrivals", "openapi", "tabular", "pii"):
        assert not [path for path in (captures_dir / folder).rglob("*") if path.is_file() and sniff(path)]


def reading(path: Path) -> list[Exchange]:
    kind = sniff(path)
    assert kind is not None
    return list(READERS[kind](path, Report()))


def without_framing(pairs: Any) -> list[tuple[str, str]]:
    """mitmproxy's file corrects or leaves out the headers that frame a body; pseudo-headers are not ours to keep."""
    framing = ("content-length", "content-encoding", "transfer-encoding")
    return [(name, value) for name, value in pairs if name.lower() not in framing and not name.startswith(":")]


@pytest.mark.parametrize("name", ["charles", "chrome", "firefox", "insomnia", "postdata", "safari"])
def test_a_har_reads_as_mitmproxy_reads_it(captures_dir: Path, name: str) -> None:
    folder = captures_dir / "har" / "mitmproxy"
    expected = json.loads((folder / f"{name}.json").read_bytes())
    exchanges = reading(folder / f"{name}.har")
    assert len(exchanges) == len(expected)
    for exchange, flow in zip(exchanges, expected, strict=True):
        request, response = flow["request"], flow["response"]
        assert (exchange.request.method, exchange.request.host, exchange.request.target) == (
            request["method"],
            request["host"],
            request["path"],
        )
        assert without_framing(exchange.request.headers) == without_framing(request["headers"])
        assert abs(exchange.started_us - request["timestamp_start"] * 1e6) < 10
        if exchange.response is None:
            assert response["status_code"] == 0
            continue
        assert exchange.response.status == response["status_code"]
        assert without_framing(exchange.response.headers) == without_framing(response["headers"])
        assert hashlib.sha256(exchange.response.body).hexdigest() == response["contentHash"]


@pytest.mark.parametrize("name", ["diff_data", "event_stream", "incomplete_log", "successful_log"])
def test_a_flow_file_reads_as_its_own_export_to_har(captures_dir: Path, name: str) -> None:
    flows = reading(captures_dir / "mitm" / "flows" / f"{name}.mitm")
    export = reading(captures_dir / "mitm" / "flows" / f"{name}.har")
    assert len(flows) == len(export)
    for flow, twin in zip(flows, export, strict=True):
        assert (flow.request.method, flow.request.host, flow.request.target) == (
            twin.request.method,
            twin.request.host,
            twin.request.target,
        )
        assert flow.request.body == twin.request.body
        assert abs(flow.started_us - twin.started_us) < 1000
        if flow.response is not None and twin.response is not None:
            assert flow.response.status == twin.response.status
            assert flow.response.body == twin.response.body


@pytest.mark.parametrize("folder", ["easypost-python", "saleor-avatax", "okta-sdk-python"])
def test_a_vcrpy_cassette_reads_as_vcrpy_reads_it(captures_dir: Path, folder: str) -> None:
    from vcr.serialize import deserialize
    from vcr.serializers import yamlserializer

    for path in sorted((captures_dir / "cassettes" / folder).rglob("*.yaml"))[:60]:
        requests, responses = deserialize(path.read_text(), yamlserializer)
        exchanges = reading(path)
        assert len(exchanges) == len(requests)
        for exchange, request, response in zip(exchanges, requests, responses, strict=True):
            assert exchange.request.method == request.method
            assert (exchange.request.host, exchange.request.path) == (request.host, request.path)
            if isinstance(request.body, bytes):
                assert exchange.request.body == request.body
            assert exchange.response is not None
            assert exchange.response.status == response["status"]["code"]
            assert exchange.response.body == response["body"]["string"]


def test_a_ruby_cassette_holds_the_bytes_that_yaml_holds(captures_dir: Path) -> None:
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("!binary", yaml.SafeLoader.construct_yaml_binary)
    for path in sorted((captures_dir / "cassettes" / "pay-rails").glob("*.yml"))[:20]:
        recorded = yaml.load(path.read_bytes(), Loader)["http_interactions"]
        for exchange, interaction in zip(reading(path), recorded, strict=True):
            answer = interaction["response"]
            assert exchange.response is not None
            if "Content-Encoding" not in answer["headers"]:
                text = answer["body"]["string"]
                assert exchange.response.body == (text if isinstance(text, bytes) else text.encode())
