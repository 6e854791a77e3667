from __future__ import annotations

import base64
import gzip
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.leaves import Kind, Leaf
from smartsandbox.anonymize.rewrite import rewrite
from smartsandbox.packs.endpoints import Bound
from smartsandbox.packs.model import Exchange, Request, Response

JSON_TYPE = (("Content-Type", "application/json"),)


def of_body(body: bytes, content_type: str = "application/json", path: str = "/v1/things") -> Exchange:
    response = Response(200, "OK", (("Content-Type", content_type),), body)
    return Exchange("ex_1", "svc", 1, Request("GET", "https", "api.test", path), response)


THINGS = Bound("GET /v1/things", ())


def leaves_of(exchange: Exchange, bound: Bound = THINGS) -> list[Leaf]:
    found: list[Leaf] = []

    def visit(leaf: Leaf) -> str:
        found.append(leaf)
        return leaf.value

    assert replace(rewrite(exchange, bound, visit), endpoint=None) == exchange
    return found


def body_leaves(body: bytes, content_type: str = "application/json") -> dict[tuple[str, ...], str]:
    leaves = leaves_of(of_body(body, content_type))
    return {leaf.pointer: leaf.value for leaf in leaves if leaf.location == "response.body"}


def rewritten(body: bytes, content_type: str = "application/json", **new: str | None) -> bytes:
    """The body with the values of the named fields replaced."""

    def visit(leaf: Leaf) -> str | None:
        return new.get(leaf.pointer[-1], leaf.value) if leaf.pointer else leaf.value

    response = rewrite(of_body(body, content_type), Bound("GET /v1/things", ()), visit).response
    assert response is not None
    return response.body


def test_arrays_share_one_address_and_every_item_is_visited() -> None:
    found = leaves_of(of_body(b'{"users":[{"email":"a@x.test"},{"email":"b@x.test"}]}'))
    emails = [leaf for leaf in found if leaf.pointer == ("users", "*", "email")]
    assert [leaf.value for leaf in emails] == ["a@x.test", "b@x.test"]
    assert emails[0].scope != emails[1].scope


def test_a_key_with_a_dot_is_one_key() -> None:
    assert body_leaves(b'{"user.email":"a@x.test"}') == {("user.email",): "a@x.test"}


def test_a_key_that_is_an_address_is_a_value() -> None:
    found = body_leaves(b'{"ann@x.test":{"role":"admin"}}')
    assert found == {("{key}",): "ann@x.test", ("{value}", "role"): "admin"}


def test_an_empty_object_is_a_leaf_because_its_key_is_published() -> None:
    assert body_leaves(b'{"alipay":{},"items":[]}') == {("alipay",): "{}", ("items",): "[]"}


def test_numbers_keep_their_exact_text() -> None:
    body = b'{"id":9007199254740993,"price":1.0,"tiny":1E-7,"n":NaN}'
    assert body_leaves(body)[("id",)] == "9007199254740993"
    assert rewritten(body, id="9007199254740995") == b'{"id":9007199254740995,"price":1.0,"tiny":1E-7,"n":NaN}'


def test_duplicate_keys_are_both_visited_and_both_stay() -> None:
    values = [leaf.value for leaf in leaves_of(of_body(b'{"a":"x","a":"y"}')) if leaf.location == "response.body"]
    assert values == ["x", "y"]


def test_only_changed_leaves_are_written_anew() -> None:
    body = b'{ "a" : "caf\\u00e9" , "b":"\\/slash",\n "c": "old" }'
    assert rewritten(body, c="new") == b'{ "a" : "caf\\u00e9" , "b":"\\/slash",\n "c": "new" }'


def test_a_dropped_leaf_becomes_null() -> None:
    assert rewritten(b'{"a":1,"b":"x"}', b=None) == b'{"a":1,"b":null}'


def test_json_in_a_string_is_descended_and_escaped_again() -> None:
    body = json.dumps({"payload": json.dumps({"email": 'a"b@x.test'})}).encode()
    assert body_leaves(body) == {("payload", "(json)", "email"): 'a"b@x.test'}
    assert json.loads(json.loads(rewritten(body, email="z@y.test"))["payload"]) == {"email": "z@y.test"}


def test_base64_of_text_is_descended_and_a_random_token_is_not() -> None:
    inner = base64.b64encode(b"receipt for Ann Smith").decode()
    found = body_leaves(json.dumps({"a": inner, "b": "Zm9vYmFyYmF6cXV4MTIzNA0K\x01"[:20]}).encode())
    assert found[("a", "(base64)")] == "receipt for Ann Smith"


def test_base64url_padding_style_is_kept() -> None:
    inner = base64.urlsafe_b64encode(b"subjects?>> and more?>").decode().rstrip("=")
    out = json.loads(rewritten(json.dumps({"a": inner}).encode(), **{"(base64)": "subjects?>> and less?>"}))["a"]
    assert not out.endswith("=")
    assert base64.urlsafe_b64decode(out + "==") == b"subjects?>> and less?>"


def test_three_encodings_inside_one_another_are_undone_and_done_again() -> None:
    deepest = json.dumps({"email": "ann@x.test"})
    middle = base64.b64encode(json.dumps({"blob": deepest}).encode()).decode()
    body = f"token={middle.replace('=', '%3D').replace('+', '%2B')}&x=1".encode()
    found = body_leaves(body, "application/x-www-form-urlencoded")
    assert found[("token", "(base64)", "(json)", "blob", "(json)", "email")] == "ann@x.test"


def test_form_bodies_keep_order_and_separators() -> None:
    body = b"a=1&email=ann%40x.test&b=two+words&c"
    form = "application/x-www-form-urlencoded"
    assert body_leaves(body, form)[("email",)] == "ann@x.test"
    assert rewritten(body, form, email="z@y.test") == b"a=1&email=z%40y.test&b=two+words&c"


def test_xml_text_and_attributes_are_leaves_and_entities_are_never_expanded() -> None:
    body = b'<?xml version="1.0"?><a id="7"><name>Ann &amp; Co</name><e/></a>'
    assert body_leaves(body, "application/xml") == {("a", "@id"): "7", ("a", "name"): "Ann & Co"}
    assert b"<name>B &lt; C</name>" in rewritten(body, "application/xml", name="B < C")


def test_multipart_parts_and_file_names_are_leaves() -> None:
    body = (
        b'--B\r\nContent-Disposition: form-data; name="who"\r\n\r\nAnn\r\n'
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="ann-smith.txt"\r\n\r\nhello\r\n--B--\r\n'
    )
    found = body_leaves(body, "multipart/form-data; boundary=B")
    assert found == {("who", "(text)"): "Ann", ("file", "filename"): "ann-smith.txt", ("file", "(text)"): "hello"}


def test_json_lines_and_events_are_descended() -> None:
    assert body_leaves(b'{"a":"x"}\n{"a":"y"}\n', "application/x-ndjson") == {("(line)", "a"): "y"}
    assert body_leaves(b'data: {"a":"x"}\n\n', "text/event-stream") == {("data", "(json)", "a"): "x"}


@pytest.mark.parametrize(
    ("body", "content_type", "pointer"),
    [
        (b"\x89PNG\r\n", "image/png", "(image)"),
        (b"\xff\xfe\x00broken", "application/json", "(binary)"),
        (gzip.compress(b"x" * 99, mtime=0)[:-4], "text/plain", "(compressed)"),
        (b"<html><body>Ann</body></html>", "text/html", "(html)"),
        (b'{"truncated": ', "application/json", "(text)"),
        (b"[" * 10_000 + b"]" * 10_000, "application/json", "(text)"),
    ],
)
def test_what_cannot_be_taken_apart_is_one_leaf(body: bytes, content_type: str, pointer: str) -> None:
    assert list(body_leaves(body, content_type)) == [(pointer,)]


def test_a_dropped_image_becomes_a_small_valid_one() -> None:
    exchange = of_body(b"GIF89a-with-secrets", "image/gif")
    response = rewrite(
        exchange, Bound("GET /v1/things", ()), lambda leaf: None if leaf.kind is Kind.OPAQUE else leaf.value
    ).response
    assert response is not None
    assert response.body.startswith(b"GIF89a")
    assert len(response.body) < 64


def test_path_parameters_are_leaves_and_are_encoded_again() -> None:
    exchange = replace(of_body(b"{}"), request=Request("GET", "https", "api.test", "/v1/users/ann%40x.test"))
    bound = Bound("GET /v1/users/{user_id}", (("user_id", "ann%40x.test"),))
    assert ("user_id",) in [leaf.pointer for leaf in leaves_of(exchange, bound)]
    new = rewrite(exchange, bound, lambda leaf: "z y/x" if leaf.location == "path" else leaf.value)
    assert new.request.path == "/v1/users/z%20y%2Fx"


def test_basic_credentials_and_cookies_are_taken_apart() -> None:
    basic = "Basic " + base64.b64encode(b"ann:s3cret").decode()
    headers = (("Authorization", basic), ("Cookie", "sid=abc; theme=dark"))
    exchange = replace(of_body(b"{}"), request=Request("GET", "https", "api.test", "/v1/things", "", headers))
    found = {(leaf.location, leaf.pointer): leaf.value for leaf in leaves_of(exchange)}
    assert found[("request.header", ("authorization", "basic", "password"))] == "s3cret"
    assert found[("request.cookie", ("sid",))] == "abc"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


@given(_JSON, st.booleans())
def test_an_untouched_json_body_comes_back_byte_for_byte(value: Any, ascii_only: bool) -> None:
    leaves_of(of_body(json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")))


@given(
    st.binary(max_size=200),
    st.sampled_from(["", "text/plain", "application/json", "text/xml", "multipart/mixed; boundary=x"]),
)
def test_any_bytes_come_back_byte_for_byte(body: bytes, content_type: str) -> None:
    leaves_of(of_body(body, content_type))


@given(st.text(alphabet="abc=&%20+;[]/", max_size=40), st.text(alphabet='ab=;, "', max_size=30))
def test_any_query_and_cookie_come_back_as_they_were(query: str, cookie: str) -> None:
    request = Request("GET", "https", "api.test", "/v1/things", query, (("Cookie", cookie),))
    leaves_of(replace(of_body(b""), request=request))


def test_a_part_with_unknown_headers_or_a_preamble_is_not_taken_apart() -> None:
    part = b'--B\r\nContent-Disposition: form-data; name="a"\r\n%s\r\n\r\nx\r\n--B--\r\n'
    for body in (part % b"X-Who: Ann", b"hello Ann" + part % b""):
        assert list(body_leaves(body, "multipart/form-data; boundary=B")) == [("(text)",)]


def test_name_spaces_comments_and_style_sheets_of_xml_are_leaves() -> None:
    body = (
        b'<?xml version="1.0"?><?xml-stylesheet href="http://ann.test/x"?><a xmlns="http://ann.test"><!-- Ann --></a>'
    )
    assert set(body_leaves(body, "application/xml")) == {("(declaration)",), ("a", "@xmlns"), ("a", "(comment)")}
