"""The codec tree against codings written by the standard library alone (`anonymize.testing.codings`)."""

from __future__ import annotations

import base64
import gzip
import json
import quopri
import zlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.leaves import Kind, Leaf, Visit
from smartsandbox.anonymize.rewrite import CODECS, no_maps, rewrite
from smartsandbox.anonymize.testing.canaries import plant
from smartsandbox.anonymize.testing.codings import CODINGS, Chain, Coding, chains, encoded
from smartsandbox.anonymize.testing.search import Search
from smartsandbox.anonymize.walk import MAX_UNPACKED, Shared, Walk
from smartsandbox.packs.endpoints import Bound

OLD, NEW = "Vexquil Zarnohide", "Brindle Okonkwosk"
UNMARKED = ("raw deflate", "br", "multipart br")
"""Nothing in these bytes says what they are; inside one another they cannot be told from noise."""


def rewritten(body: bytes, visit: Visit, content_type: str = "") -> bytes:
    walk = Walk("GET /", "request.body", visit, no_maps, CODECS, Shared())
    return CODECS.body(body, content_type, walk, (), (), 0)


def leaves(body: bytes, content_type: str = "") -> dict[tuple[str, ...], str]:
    found: list[Leaf] = []

    def visit(leaf: Leaf) -> str:
        found.append(leaf)
        return leaf.value

    assert rewritten(body, visit, content_type) == body
    return {leaf.pointer: leaf.value for leaf in found}


def replacing(leaf: Leaf) -> str | None:
    return None if leaf.kind is Kind.OPAQUE else leaf.value.replace(OLD, NEW).replace("Vexquil%20Zarnohide", NEW)


LINKS = ("url query", "url fragment", "url user info")


def is_told(chain: Chain) -> bool:
    """False where noise is in noise, and where what is inside stays part of one leaf: a key, credentials, a link."""
    inner, outer = (coding.name for coding in chain)
    if outer in ("object key", "url user info") or (inner in LINKS and outer in LINKS):
        return False
    return not (inner in (*UNMARKED, "deflate") and outer in UNMARKED)


def ids(chain: Chain) -> str:
    return " in ".join(coding.name for coding in chain)


@pytest.mark.parametrize("chain", [*chains(1), *filter(is_told, chains(2))], ids=ids)
def test_a_value_in_two_codings_is_found_and_the_new_one_encoded_again(chain: Chain) -> None:
    body = encoded(OLD, chain)
    assert leaves(body)
    new = rewritten(body, replacing)
    old, other = (text.lower().encode()[:12] for text in (OLD, NEW))
    assert Search([old, other]).in_bytes(new) == {other}
    assert rewritten(body, replacing) == new


_CODINGS = st.lists(st.sampled_from(CODINGS), max_size=5)


def _composing(codings: list[Coding]) -> Chain:
    chain: list[Coding] = []
    for coding in codings:
        if not chain or chain[-1].gives_text or not coding.needs_text:
            chain.append(coding)
    return tuple(chain)


@given(st.text(st.characters(codec="utf-8"), max_size=40), _CODINGS)
def test_nested_documents_come_back_byte_for_byte_where_nothing_changes(text: str, codings: list[Coding]) -> None:
    leaves(encoded(text, _composing(codings)))


@given(_CODINGS)
def test_an_exchange_with_codings_in_every_place_comes_back_as_it_was(codings: list[Coding]) -> None:
    (exchange,), _ = plant([_composing(codings)])
    bound = Bound("POST /v1/notes/{note}", (("note", exchange.request.path.rpartition("/")[2]),))
    assert replace(rewrite(exchange, bound, lambda leaf: leaf.value), endpoint=None) == exchange


@given(st.binary(max_size=120), st.sampled_from([coding for coding in CODINGS if not coding.needs_text]))
def test_any_bytes_in_any_coding_come_back_byte_for_byte(raw: bytes, coding: Coding) -> None:
    leaves(coding.encode(raw))


def boxed(value: str) -> bytes:
    return json.dumps({"field": value}).encode()


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


LINK = "https://x.test/a?kind=note&t="
SAML = zlib.compressobj(9, zlib.DEFLATED, -15)
SAML_REQUEST = SAML.compress(b"<AuthnRequest><Subject>ann@x.test</Subject></AuthnRequest>") + SAML.flush()


@pytest.mark.parametrize(
    ("body", "pointer", "value"),
    [
        (boxed(b64(gzip.compress(b'{"a":"ann"}', mtime=0))), ("field", "(base64)", "(gzip)", "a"), "ann"),
        (boxed(b64(SAML_REQUEST)), ("field", "(base64)", "(deflate)", "AuthnRequest", "Subject"), "ann@x.test"),
        (boxed("data:application/json;base64," + b64(b'{"a":"ann"}')), ("field", "(data)", "a"), "ann"),
        (boxed("data:,hello%20ann"), ("field", "(data)", "(text)"), "hello ann"),
        (boxed("Basic " + b64(b"ann:secret")), ("field", "(credentials)", "basic", "user"), "ann"),
        (boxed(LINK + b64(b"text of ann smith")), ("field", "(url)", "t", "(base64)"), "text of ann smith"),
        (boxed(LINK + b64(b"text of ann smith")), ("field", "(url)"), LINK),
        (boxed(LINK + "plain"), ("field",), LINK + "plain"),
        (json.dumps({"a": json.dumps(json.dumps({"b": "ann"}))}).encode(), ("a", "(quoted)", "(json)", "b"), "ann"),
        (boxed('"etag-like"'), ("field",), '"etag-like"'),
        (boxed(b64(b"a=1&name=ann")), ("field", "(base64)", "(form)", "name"), "ann"),
        (boxed(b64(b"<a><name>ann</name></a>")), ("field", "(base64)", "(xml)", "a", "name"), "ann"),
    ],
)  # fmt: skip
def test_what_a_string_holds_has_an_address(body: bytes, pointer: tuple[str, ...], value: str) -> None:
    assert leaves(body)[pointer] == value


@pytest.mark.parametrize(
    "token",
    [
        f"eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.{'A1b2C3d4' * 4}.48V1_ALb6US04U3b.5eym8TW_c8.XFBoMYUZod",
        "eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl",
        "eyJhbGciOiJIUzI1NiJ9.gICAgICAgIA.c2lnbmF0dXJl",
    ],
    ids=["encrypted", "without an algorithm", "with a payload that is no text"],
)
def test_a_token_that_cannot_be_taken_apart_is_one_leaf(token: str) -> None:
    assert leaves(boxed(token)) == {("field",): token}


def test_a_token_in_a_token_is_taken_apart() -> None:
    inner = encoded("ann", [coding for coding in CODINGS if coding.name == "jwt"]).decode()
    unpadded = base64.urlsafe_b64encode(inner.encode()).decode().rstrip("=")
    found = leaves(boxed(f"eyJhbGciOiJIUzI1NiIsImN0eSI6IkpXVCJ9.{unpadded}.c2ln"))
    assert found[("field", "(jwt)", "payload", "(jwt)", "claims", "held")] == "ann"


def pieces(body: bytes, content_type: str = "") -> set[str]:
    return {pointer[-1] for pointer in leaves(body, content_type)}


BOMB = gzip.compress(bytes(MAX_UNPACKED + 1), mtime=0)


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(b"hello ann", mtime=0)[:-5],
        gzip.compress(b"hello ann", mtime=0) + b"and then ann",
        gzip.compress(b"hello ann", mtime=0)[:12] + b"\xff\xff\xff" + gzip.compress(b"hello ann", mtime=0)[15:],
        BOMB,
    ],
    ids=["cut short", "with bytes behind it", "damaged", "a bomb"],
)
def test_compressed_bytes_that_cannot_be_undone_are_one_opaque_leaf(body: bytes) -> None:
    found: list[Leaf] = []

    def dropping(leaf: Leaf) -> None:
        found.append(leaf)

    assert rewritten(body, dropping, "application/gzip") == b""
    assert [(leaf.pointer, leaf.kind, leaf.value) for leaf in found] == [
        (("(compressed)",), Kind.OPAQUE, "(compressed)")
    ]


def test_what_may_be_unpacked_is_bounded_over_the_whole_exchange() -> None:
    half = b64(gzip.compress(bytes(MAX_UNPACKED // 2 + 1), mtime=0))
    small = b64(gzip.compress(b"hello ann smith", mtime=0))
    found = leaves(json.dumps({"a": half, "b": half, "c": small}).encode())
    assert {pointer[0]: pointer[-1] for pointer in found} == {"a": "(binary)", "b": "b", "c": "c"}


def test_a_compressed_part_is_packed_again_the_same_every_time_and_says_no_time() -> None:
    body = gzip.compress(OLD.encode(), mtime=1_700_000_000)
    new = rewritten(body, replacing)
    assert gzip.decompress(new) == NEW.encode()
    assert new[4:8] == bytes(4)


def test_the_name_of_a_part_is_a_leaf_if_it_is_a_value_and_its_length_follows() -> None:
    body = (
        b'--B\r\nContent-Disposition: form-data; name="ann@x.test"\r\nContent-Length: 17\r\n\r\n'
        b"Vexquil Zarnohide\r\n--B--\r\n"
    )
    assert leaves(body) == {("{key}",): "ann@x.test", ("{value}", "(text)"): OLD}
    new = rewritten(body, lambda leaf: "Zoe" if leaf.value == OLD else "zoe@y.test")
    assert new == (
        b'--B\r\nContent-Disposition: form-data; name="zoe@y.test"\r\nContent-Length: 3\r\n\r\nZoe\r\n--B--\r\n'
    )


@pytest.mark.parametrize(
    ("transfer", "encode", "decode"),
    [
        ("base64", base64.encodebytes, base64.decodebytes),
        ("quoted-printable", quopri.encodestring, quopri.decodestring),
    ],
)
def test_a_part_is_taken_out_of_its_transfer_encoding_and_put_back(
    transfer: str, encode: Callable[[bytes], bytes], decode: Callable[[bytes], bytes]
) -> None:
    head = b'--B\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: ' + transfer.encode()
    body = head + b"\r\n\r\n" + encode("h\u00e9llo ann ".encode() * 12).strip() + b"\r\n--B--\r\n"
    assert leaves(body)[("a", "(text)")].startswith("h\u00e9llo ann")
    new = rewritten(body, lambda leaf: "Zo\u00eb Quill " * 12)
    assert decode(new[len(head) + 4 : -len(b"\r\n--B--\r\n")]).decode() == "Zo\u00eb Quill " * 12


def test_a_part_that_lies_about_its_coding_is_opaque() -> None:
    head = b'--B\r\nContent-Disposition: form-data; name="a"\r\nContent-Encoding: br'
    assert pieces(head + b"\r\n\r\nhello ann\r\n--B--\r\n") == {"(compressed)"}


def test_an_element_called_by_a_value_is_renamed_at_both_ends() -> None:
    body = b'<users><u8f14e45fceea167a ref="1">ann</u8f14e45fceea167a></users>'
    assert leaves(body) == {
        ("users", "{key}"): "u8f14e45fceea167a", ("users", "{value}", "@ref"): "1", ("users", "{value}"): "ann",
    }  # fmt: skip
    new = rewritten(body, lambda leaf: "7 new name" if leaf.kind is Kind.KEY else leaf.value)
    assert new == b'<users><_7_new_name ref="1">ann</_7_new_name></users>'


@pytest.mark.parametrize("charset", ["punycode", "idna", "unicode_escape", "no-such", "base64", "utf-16"])
def test_a_charset_that_lies_or_that_no_message_is_in_makes_an_opaque_body(charset: str) -> None:
    body = b"\xe9 caf\xe9 \\q of ann" + b"-" * 5
    assert pieces(body, f"text/plain; charset={charset}") == {"(binary)"}


def test_a_charset_that_is_wrong_for_utf8_text_is_overruled_by_the_bytes() -> None:
    assert leaves("hello Zoë".encode(), "text/plain; charset=utf-16") == {("(text)",): "hello Zoë"}


@pytest.mark.parametrize("build", [lambda inner: json.dumps(inner), lambda inner: b64(inner.encode())])
def test_encodings_deeper_than_the_bound_are_one_string(build: Callable[[str], str]) -> None:
    text = "the words of ann smith"
    for _ in range(6):
        text = build(json.dumps({"a": text}))
    (deepest,) = leaves(boxed(text)).values()
    assert "words" not in deepest or "\\" in deepest


def test_bytes_in_a_query_are_a_body_of_their_own() -> None:
    (exchange,), _ = plant([()])
    query = "held=%1F%8B" + "".join(f"%{byte:02X}" for byte in gzip.compress(OLD.encode(), mtime=0)[2:])
    sent = replace(exchange, request=replace(exchange.request, query=query))
    found: list[Leaf] = []

    def visit(leaf: Leaf) -> str:
        found.append(leaf)
        return leaf.value.replace(OLD, NEW)

    rewrite(sent, Bound("POST /v1/notes/{note}", (("note", "x"),)), visit)
    assert ("held", "(bytes)", "(gzip)", "(text)") in [leaf.pointer for leaf in found if leaf.location == "query"]
