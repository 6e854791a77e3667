"""cURL command lines as people paste them."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.explain.asking import Described
from smartsandbox.replay_engine.explain.curl import described_by_curl

FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Content-Type", "application/json")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("curl https://x.test/a?b=1", Described("GET", "/a", "b=1", (), b"", "x.test")),
        ("curl x.test", Described("GET", "/", "", (), b"", "x.test")),
        (
            "curl 'https://x.test/a' \\\n  -H 'Accept: */*' \\\n --compressed -sS -o /dev/null",
            Described("GET", "/a", "", (("Accept", "*/*"),), b"", "x.test"),
        ),
        ("curl -d a=1 -d b=2 x.test/p", Described("POST", "/p", "", (FORM,), b"a=1&b=2", "x.test")),
        (
            "curl -XPUT -d'{}' -H 'content-type: application/json' x.test/p",
            Described("PUT", "/p", "", (("content-type", "application/json"),), b"{}", "x.test"),
        ),
        ("curl --json '{\"a\":1}' x.test", Described("POST", "/", "", (JSON,), b'{"a":1}', "x.test")),
        ("curl -G --data-urlencode 'q=a b' x.test/s", Described("GET", "/s", "q=a%20b", (), b"", "x.test")),
        ("curl -I --url=http://x.test/h", Described("HEAD", "/h", "", (), b"", "x.test")),
        ("curl -u me:pw x.test", Described("GET", "/", "", (("Authorization", "Basic bWU6cHc="),), b"", "x.test")),
        (
            "curl -b sid=1 -A me x.test",
            Described("GET", "/", "", (("Cookie", "sid=1"), ("User-Agent", "me")), b"", "x.test"),
        ),
        (
            "/usr/bin/curl -H 'Host: API.test' http://127.0.0.1:80/",
            Described("GET", "/", "", (("Host", "API.test"),), b"", "api.test"),
        ),
    ],
)
def test_a_command_is_the_request_that_it_sends(command: str, expected: Described) -> None:
    assert described_by_curl(command) == expected


def test_a_form_is_multipart_and_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("hi")
    asked = described_by_curl(f"curl -F a=1 -F f=@{tmp_path}/x.txt x.test")

    assert asked.method == "POST"
    assert b'name="a"\r\n\r\n1\r\n' in asked.body
    assert b'name="f"; filename="x.txt"\r\n\r\nhi\r\n' in asked.body


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("wget x", "begins with the word curl"),
        ("curl 'x", "cannot be split into words"),
        ("curl -d a", "names no URL"),
        ("curl -Q x y", "option -Q is not understood"),
        ("curl -d @/nowhere/at/all x", "No such file"),
    ],
)
def test_what_is_not_understood_is_said_in_one_line(command: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        described_by_curl(command)
