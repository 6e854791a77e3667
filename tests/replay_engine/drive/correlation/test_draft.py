"""Live values put into a request, place by place."""

from __future__ import annotations

import gzip

import pytest

from smartsandbox.packs.slots import Slot
from smartsandbox.replay_engine.drive.correlation.draft import Draft, put

ENDPOINT = "POST /v1/a/{a_id}/b/{b_id}"


def message(target: str = "/v1/a/x1/b/x1", body: bytes = b"", **headers: str) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join((f"POST {target} HTTP/1.1", *lines, f"Content-Length: {len(body)}", "", "")).encode() + body


def changed(before: bytes, location: str, pointer: str, recorded: str, live: str, prefix: bytes = b"") -> bytes:
    draft = Draft(before)
    put(draft, [(Slot(location, pointer, recorded), live)], ENDPOINT, prefix)
    return draft.message()


def test_a_draft_that_is_not_changed_is_the_message() -> None:
    before = message(body=b'{"a": 1.50}', Cookie="a=1;  b=2", Content_Type="application/json")

    assert Draft(before).message() == before


@pytest.mark.parametrize(
    ("location", "pointer", "recorded", "live", "before", "after"),
    [
        ("path", "b_id", "x1", "y/2", "/v1/a/x1/b/x1", "/v1/a/x1/b/y%2F2"),
        ("path", "a_id", "x 1", "y", "/v1/a/x%201/b/x?q=x", "/v1/a/y/b/x?q=x"),
        ("query", "after", "c=1", "d&2", "/v1/a/1/b/1?n=1&after=c%3D1&after=z", "/v1/a/1/b/1?n=1&after=d%262&after=z"),
    ],
)
def test_targets(location: str, pointer: str, recorded: str, live: str, before: str, after: str) -> None:
    assert changed(message(before), location, pointer, recorded, live) == message(after)


def test_the_prefix_of_a_target_is_no_part_of_the_path() -> None:
    found = changed(message("/base/v1/a/x1/b/x2"), "path", "a_id", "x1", "y", b"/base")

    assert found == message("/base/v1/a/y/b/x2")


@pytest.mark.parametrize(
    ("location", "pointer", "recorded", "live", "before", "after"),
    [
        (
            "header",
            "authorization",
            "tok1",
            "tok22",
            {"Authorization": "Bearer tok1"},
            {"Authorization": "Bearer tok22"},
        ),
        ("header", "if-match", '"1"', '"2"', {"If_Match": '"0", "1"'}, {"If_Match": '"0", "2"'}),
        ("cookie", "b", "2", "9", {"Cookie": "a=2; b=2"}, {"Cookie": "a=2; b=9"}),
    ],
)
def test_headers(
    location: str, pointer: str, recorded: str, live: str, before: dict[str, str], after: dict[str, str]
) -> None:
    assert changed(message(**before), location, pointer, recorded, live) == message(**after)


@pytest.mark.parametrize(
    ("pointer", "recorded", "live", "before", "after"),
    [
        (
            "/a/*/b",
            "x1",
            "y",
            b'{"a": [{"b": "x1"}, {"b": "x2"}], "c": "x1"}',
            b'{"a":[{"b":"y"},{"b":"x2"}],"c":"x1"}',
        ),
        ("/n", "17", "99", b'{"n":17,"m":17}', b'{"n":99,"m":17}'),
        ("/n", "17", "abc", b'{"n":17}', b'{"n":"abc"}'),
        ("/s", "17", "99", b'{"s":"17"}', b'{"s":"99"}'),
        ("/a~1b", "x1", "y", b'{"a/b":"x1"}', b'{"a/b":"y"}'),
        ("/s", "x1", "y", b'{"s":"x1","big":123456789012345678901}', b'{"s":"y","big":123456789012345678901}'),
        ("/none/0", "x1", "y", b'{"s":"x1"}', b'{"s":"x1"}'),
    ],
)
def test_json_bodies_and_their_lengths(pointer: str, recorded: str, live: str, before: bytes, after: bytes) -> None:
    found = changed(message(body=before), "body", pointer, recorded, live)

    assert found == message(body=after)


def test_a_form_s_pair() -> None:
    form = "application/x-www-form-urlencoded"
    found = changed(message(body=b"a=x1&b=x1&c", Content_Type=form), "body", "b", "x1", "y z")

    assert found == message(body=b"a=x1&b=y+z&c", Content_Type=form)


def test_a_coded_body_is_coded_again() -> None:
    before = message(body=gzip.compress(b'{"a":"x1"}', mtime=0), Content_Encoding="gzip")
    found = changed(before, "body", "/a", "x1", "y")

    assert gzip.decompress(found.partition(b"\r\n\r\n")[2]) == b'{"a":"y"}'
    assert Draft(found).body == b'{"a":"y"}'
