"""Access logs: one line of each family, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from smartsandbox.packs.capture.access_log import SHAPE_ONLY
from smartsandbox.packs.capture.log_common import common_line
from smartsandbox.packs.capture.log_json import json_line
from smartsandbox.packs.capture.log_line import LogLine
from smartsandbox.packs.capture.log_w3c import w3c_line
from smartsandbox.packs.errors import UnreadableError

FEB_10 = 1_328_910_127_000_000
"""2012-02-10T21:42:07Z."""
STAMP = "[10/Feb/2012:16:42:07 -0500]"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            f'1.2.3.4 - - {STAMP} "GET /a?b=1 HTTP/1.0" 301 368',
            LogLine("GET", "/a?b=1", 301, FEB_10, client="1.2.3.4"),
        ),
        (
            f'www.a.test:80 1.2.3.4 - ann {STAMP} "POST /a HTTP/1.1" 200 -',
            LogLine("POST", "/a", 200, FEB_10, host="www.a.test", client="1.2.3.4", user="ann"),
        ),
        (
            f'::1 - - {STAMP} "GET / HTTP/1.1" 200 5 "https://r.test/" "An \\"agent\\" \\x41" 0.025',
            LogLine("GET", "/", 200, FEB_10, client="::1", agent='An "agent" A', referer="https://r.test/",
                    total_us=25_000),
        ),
        (
            f'h - - {STAMP} "GET / HTTP/1.1" 200 5 "-" "-" 1234',
            LogLine("GET", "/", 200, FEB_10, client="h", total_us=1234),
        ),
        (
            f'h - - {STAMP} "GET / HTTP/1.1" 200 5 "-" "-" "-" rt=1.5 uct="0.001"',
            LogLine("GET", "/", 200, FEB_10, client="h", total_us=1_500_000),
        ),
        (f'h - - {STAMP} "GET /old" 200 5', LogLine("GET", "/old", 200, FEB_10, client="h")),
    ],
)  # fmt: skip
def test_common_and_combined_lines(line: str, expected: LogLine) -> None:
    assert common_line(line) == expected


@pytest.mark.parametrize("line", [f'h - - {STAMP} "-" 408 0', f'h - - {STAMP} "GET / HTTP/1.1" - 0'])
def test_lines_without_a_request_are_refused(line: str) -> None:
    with pytest.raises(UnreadableError):
        common_line(line)


@pytest.mark.parametrize("line", ["", "hello"])
def test_other_lines_are_not_its_own(line: str) -> None:
    assert common_line(line) is None


FIELDS = ("date", "time", "cs-method", "cs-uri-stem", "cs-uri-query", "cs-username", "c-ip", "cs(user-agent)",
          "cs-host", "sc-status", "time-taken")  # fmt: skip


def test_a_w3c_line_is_read_by_its_fields() -> None:
    line = w3c_line(FIELDS, "2012-04-01 00:00:13 GET /foo b=1 - 1.2.3.4 Mozilla/5.0+(X11) example.com 200 1687")
    assert line == LogLine("GET", "/foo?b=1", 200, 1_333_238_413_000_000, host="example.com", client="1.2.3.4",
                           agent="Mozilla/5.0 (X11)", total_us=1_687_000)  # fmt: skip
    with pytest.raises(UnreadableError, match="3 columns"):
        w3c_line(FIELDS, "a b c")


def test_an_edge_log_counts_seconds() -> None:
    fields = ("date", "time", "x-edge-location", "cs-method", "cs-uri-stem", "sc-status", "cs-protocol", "time-taken")
    line = w3c_line(fields, "2014-05-23\t01:13:11\tFRA2\tGET\t/a\t200\thttps\t0.001")
    assert (line.total_us, line.scheme) == (1000, "https")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            '{"ts":1703373474.5,"request":{"remote_ip":"1.2.3.4","method":"PUT","host":"a.test","uri":"/b?c=1",'
            '"headers":{"User-Agent":["Fox"]}},"user_id":"","duration":0.5,"status":200}',
            LogLine("PUT", "/b?c=1", 200, 1_703_373_474_000_000, host="a.test", client="1.2.3.4", agent="Fox",
                    total_us=500_000),
        ),
        (
            '{"ClientHost":"1.2.3.4","ClientUsername":"-","DownstreamStatus":"200","Duration":10002425284,'
            '"RequestHost":"a.test","RequestMethod":"GET","RequestPath":"/x","StartUTC":"2023-08-11T11:39:21.5Z"}',
            LogLine("GET", "/x", 200, 1_691_753_961_500_000, host="a.test", client="1.2.3.4", total_us=10_002_425),
        ),
        ('{"path": "/p", "status": 404}', LogLine("GET", "/p", 404, None)),
    ],
)  # fmt: skip
def test_json_lines_are_read_by_known_names(line: str, expected: LogLine) -> None:
    assert json_line(line) == expected


@pytest.mark.parametrize("line", ["{", "{}", '{"status": 200}', '{"status": "x", "path": "/"}'])
def test_json_without_a_request_is_not_its_own(line: str) -> None:
    assert json_line(line) is None


def test_a_log_becomes_exchanges_without_bodies(read: Any) -> None:
    lines = [
        f'1.2.3.4 - - {STAMP} "GET /a HTTP/1.0" 200 1',
        "rubbish",
        f'1.2.3.4 - - {STAMP} "GET http://b.test/c HTTP/1.0" 503 1',
        f'5.6.7.8 - - {STAMP} "GET /a HTTP/1.0" 200 1',
    ]
    exchanges, report = read("\n".join(lines))
    assert [(e.request.host, e.request.path, e.response.status) for e in exchanges] == [
        ("localhost", "/a", 200),
        ("b.test", "/c", 503),
        ("localhost", "/a", 200),
    ]
    assert [e.session == exchanges[0].session for e in exchanges] == [True, True, False]
    assert report.ledger.dropped == {"not a line of an access log": 1}
    assert report.ledger.notes[SHAPE_ONLY] == 3
    assert len({e.started_us for e in exchanges}) == 3


def test_a_w3c_log_is_known_by_its_directives(read: Any) -> None:
    content = "#Version: 1.0\n#Fields: date time cs-method cs-uri-stem sc-status\n2012-04-01 00:00:13 GET /foo 200\n"
    (exchange,), _ = read(content)
    assert (exchange.request.path, exchange.started_us // 1_000_000) == ("/foo", 1_333_238_413)
