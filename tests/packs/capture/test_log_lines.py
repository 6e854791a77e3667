"""Log lines that say everything themselves: one of each format by hand, in the wrappings that collectors use."""

from __future__ import annotations

import re
from typing import Any

import pytest

from smartsandbox.packs.capture.access_log import read_access_log
from smartsandbox.packs.capture.detect import sniff_bytes
from smartsandbox.packs.capture.log_line import NO_REQUEST, LogLine
from smartsandbox.packs.capture.log_lines import NOT_A_LINE, any_line
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.errors import UnreadableError
from smartsandbox.packs.model import FailureKind

NOON = 1_714_564_800_000_000
"""2024-05-01T12:00:00Z."""
CLF = '10.0.0.9 - ann [01/May/2024:12:00:00 +0000] "GET /a HTTP/1.1" 200 5'
PLAIN = LogLine("GET", "/a", 200, NOON, client="10.0.0.9", user="ann")

LINES = {
    "application load balancer": (
        "https 2024-05-01T12:00:00.600000Z app/lb/1 10.0.0.9:2817 10.1.0.1:80 0.100 0.400 0.100 200 200 34 366 "
        '"GET https://a.test:443/x?y=1 HTTP/2.0" "curl/8" ECDHE TLSv1.2 arn:x "Root=1-a" "a.test" "arn:y" 1',
        LogLine(
            "GET",
            "https://a.test:443/x?y=1",
            200,
            NOON,
            client="10.0.0.9",
            agent="curl/8",
            ttfb_us=500_000,
            total_us=600_000,
        ),
    ),
    "classic load balancer": (
        '2024-05-01T12:00:00.000000Z lb [2001:db8::1]:2817 - -1 -1 -1 503 0 0 0 "GET http://a.test:80/x HTTP/1.1" "-"',
        LogLine("GET", "http://a.test:80/x", 503, NOON, client="[2001:db8::1]"),
    ),
    "bucket": (
        'owner shop [01/May/2024:12:00:00 +0000] 10.0.0.9 - 3E57 REST.GET.OBJECT k "GET /shop/k HTTP/1.1" 200 - 9 9 70 '
        '10 "-" "S3Console/0.4" -',
        LogLine(
            "GET",
            "/shop/k",
            200,
            NOON,
            host="shop",
            client="10.0.0.9",
            agent="S3Console/0.4",
            ttfb_us=10_000,
            total_us=70_000,
        ),
    ),
    "Envoy": (
        '[2024-05-01T12:00:00.000Z] "POST /v1/x HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "cli" "cc21" "a" "tcp://10:80"',
        LogLine(
            "POST", "/v1/x", 204, NOON, host="a", client="10.0.35.28", agent="cli", ttfb_us=100_000, total_us=226_000
        ),
    ),
    "Istio": (
        '[2024-05-01T12:00:00.000Z] "GET /x HTTP/1.1" 0 DC downstream_remote_disconnect - "-" 0 0 12 - "-" "curl" "i" '
        '"a.test" "-" outbound|80||a - 10.0.0.1:80 10.0.0.2:5 - default',
        LogLine("GET", "/x", 0, NOON, host="a.test", agent="curl", total_us=12_000),
    ),
    "HAProxy behind syslog": (
        "May  1 12:00:00 lb haproxy[1]: 10.0.1.2:33317 [01/May/2024:12:00:00.000] in static/srv1 10/0/30/69/109 200 "
        '2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1"',
        LogLine("GET", "/index.html", 200, NOON, client="10.0.1.2", ttfb_us=99_000, total_us=109_000),
    ),
    "Squid": (
        "1714564800.779    779 192.168.0.224 TCP_MISS/200 411 GET http://a.test/x - DIRECT/1.2.3.4 text/html",
        LogLine("GET", "http://a.test/x", 200, NOON, client="192.168.0.224", total_us=779_000),
    ),
    "Heroku": (
        '2024-05-01T12:00:00.018000+00:00 heroku[router]: at=info method=GET path="/a?b=1" host=a.test fwd="10.0.0.9" '
        "dyno=web.1 connect=1ms service=18ms status=200 bytes=13 protocol=https",
        LogLine("GET", "/a?b=1", 200, NOON, host="a.test", total_us=18_000),
    ),
    "Traefik": (
        f'{CLF} "-" "-" 3 "web@docker" "http://172.18.0.3:80" 12ms',
        LogLine("GET", "/a", 200, NOON, client="10.0.0.9", user="ann", total_us=12_000),
    ),
    "forwarded for several": (
        CLF.replace("10.0.0.9", "10.0.0.9, 10.0.0.1"),
        LogLine("GET", "/a", 200, NOON, client="10.0.0.9, 10.0.0.1", user="ann"),
    ),
    "docker": ('{"log":"' + CLF.replace('"', '\\"') + '\\n","stream":"stdout","time":"2024-05-01T12:00:01Z"}', PLAIN),
    "Kubernetes": (f"2024-05-01T12:00:00.123456789Z stdout F {CLF}", PLAIN),
    "docker compose": (f"web-1  | {CLF}", PLAIN),
    "syslog": (f"<190>May  1 12:00:00 host nginx: {CLF}", PLAIN),
    "nginx with a request line": (
        '{"time_iso8601":"2024-05-01T12:00:00Z","request":"GET /a?b=1 HTTP/2.0","status":"200","http_host":"a.test"}',
        LogLine("GET", "/a?b=1", 200, NOON, host="a.test"),
    ),
    "nginx with arguments apart": (
        '{"msec":1714564800.500,"request_method":"GET","uri":"/a","args":"b=1","status":200,"request_time":0.5}',
        LogLine("GET", "/a?b=1", 200, NOON, total_us=500_000),
    ),
    "Google load balancer": (
        '{"httpRequest":{"requestMethod":"GET","requestUrl":"https://a.test/x","status":200,"latency":"0.25s",'
        '"remoteIp":"10.0.0.9","userAgent":"curl"},"timestamp":"2024-05-01T12:00:00.000001Z"}',
        LogLine("GET", "https://a.test/x", 200, NOON + 1, client="10.0.0.9", agent="curl", total_us=250_000),
    ),
    "AWS gateway": (
        '{"requestId":"1","ip":"10.0.0.9","requestTime":"01/May/2024:12:00:00 +0000","httpMethod":"GET",'
        '"routeKey":"GET /x/{id}","path":"/x/1","status":"200","domainName":"a.test","responseLatency":"14"}',
        LogLine("GET", "/x/1", 200, NOON, host="a.test", client="10.0.0.9", total_us=14_000),
    ),
    "Envoy as JSON": (
        '{"start_time":"2024-05-01T12:00:00.000Z","method":"GET","path":"/x","response_code":0,"duration":7,'
        '"authority":"a.test"}',
        LogLine("GET", "/x", 0, NOON, host="a.test", total_us=7_000),
    ),
    "Caddy": (
        '{"ts":1714564802.5,"request":{"method":"GET","uri":"/x","host":"a.test","remote_ip":"10.0.0.9"},"duration":2.5,'
        '"status":200}',
        LogLine("GET", "/x", 200, NOON, host="a.test", client="10.0.0.9", total_us=2_500_000),
    ),
    "pino": (
        '{"level":30,"time":1714564800250,"req":{"method":"GET","url":"/x"},"res":{"statusCode":200},"responseTime":250}',
        LogLine("GET", "/x", 200, NOON, total_us=250_000),
    ),
    "Cloudflare": (
        '{"ClientRequestMethod":"GET","ClientRequestURI":"/x","EdgeResponseStatus":200,"ClientRequestHost":"a.test",'
        '"EdgeStartTimestamp":1714564800000000000,"ClientRequestScheme":"https"}',
        LogLine("GET", "/x", 200, NOON, host="a.test", scheme="https"),
    ),
    "Azure": (
        '{"timeStamp":"2024-05-01T12:00:00Z","properties":{"httpMethod":"GET","requestUri":"/x","requestQuery":"a=1",'
        '"httpStatus":200,"timeTaken":0.5,"clientIP":"10.0.0.9"}}',
        LogLine("GET", "/x?a=1", 200, NOON, client="10.0.0.9", total_us=500_000),
    ),
}


@pytest.mark.parametrize("name", LINES)
def test_each_format_by_hand(name: str) -> None:
    line, expected = LINES[name]
    assert any_line(line) == expected
    assert sniff_bytes(line.encode()) == "access log"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("ready to accept connections", NOT_A_LINE),
        ('{"level":"info","msg":"serving initial configuration"}', NOT_A_LINE),
        ('2024-05-01T12:00:00.1Z lb 10.0.0.9:1 10.0.0.1:80 0.1 0.2 0.3 - - 0 0 "- - - " "-" - -', NO_REQUEST),
        ('[2024-05-01T12:00:00.000Z] "- - -" 0 UH 0 0 12 - "-" "-" "-" "-" "-"', NO_REQUEST),
    ],
)
def test_what_is_no_request_says_why(line: str, reason: str) -> None:
    with pytest.raises(UnreadableError, match=re.escape(reason)):
        any_line(line)


def test_a_log_is_known_behind_what_its_container_wrote_first() -> None:
    start = "/docker-entrypoint.sh: ready\n" * 15
    assert sniff_bytes(f"{start}{(CLF + chr(10)) * 4}".encode()) == "access log"
    assert sniff_bytes(f"{start}{CLF}\n".encode()) is None


def test_a_list_of_entries_as_a_console_exports_it_is_a_log(tmp_path: Any) -> None:
    row = LINES["Google load balancer"][0].replace(",", ",\n")
    path = tmp_path / "export.json"
    path.write_text(f"[\n{row},\n{row.replace('200', '502')}]")
    exchanges = list(read_access_log(path, Report()))
    assert sniff_bytes(path.read_bytes()) == "access log"
    assert [exchange.response and exchange.response.status for exchange in exchanges] == [200, 502]


def test_a_request_that_got_no_answer_is_a_failure(tmp_path: Any) -> None:
    path = tmp_path / "a.log"
    path.write_text(LINES["Istio"][0])
    (exchange,) = read_access_log(path, Report())
    assert (exchange.response, exchange.failure) == (None, FailureKind.UNANSWERED)
