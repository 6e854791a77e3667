"""Places of an answer: what is mined at one can be read there again."""

from __future__ import annotations

import orjson
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.places import Answer, Wanted, leaves, resolved

HEADERS = (
    ("Location", "https://h/v1/orders/ord_1?code=a%20b"),
    ("Set-Cookie", "sid=abc; Path=/"),
    ("Link", '</list?page=2>; rel="next", </list?page=9>; rel="last"'),
    ("ETag", 'W/"7"'),
)
WIRE = [(name.lower().encode(), value.encode()) for name, value in HEADERS]

KEYS = st.text(st.sampled_from("ab/~0*:"), max_size=4)
JSON = st.recursive(
    st.text(max_size=5) | st.integers(-9, 9) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
)


def test_headers_cookies_and_parts_of_urls_are_read_where_they_stood() -> None:
    answer = Answer(WIRE, b'{"next":"/items?after=c1","list":[{"id":5}],"ok":true}')
    at = {
        "header:location": "https://h/v1/orders/ord_1?code=a%20b",
        "url:path/-1:header:location": "ord_1",
        "url:path/-2:header:location": "orders",
        "url:query/code:header:location": "a b",
        "cookie:sid": "abc",
        "header:etag": 'W/"7"',
        "url:query/page:link:last": "9",
        "url:query/after:/next": "c1",
        "/list/0/id": "5",
        "/list/1/id": None,
        "/ok": None,
        "/next/deeper": None,
        "header:none": None,
        "url:path/-9:/next": None,
    }

    assert {place: answer.read(place) for place in at} == at


@given(st.lists(JSON, max_size=4) | st.dictionaries(KEYS, JSON, max_size=4))
def test_whatever_is_found_is_read_again(document: object) -> None:
    body = orjson.dumps(document)
    found = list(leaves(HEADERS, body))
    answer = Answer(WIRE, body)

    assert [answer.read(leaf.at) for leaf in found] == [leaf.value for leaf in found]


@given(st.lists(JSON, max_size=4) | st.dictionaries(KEYS, JSON, max_size=4), st.data())
def test_some_places_are_read_as_if_all_were(document: object, data: st.DataObject) -> None:
    everything = list(leaves(HEADERS, orjson.dumps(document)))
    places = data.draw(st.sets(st.sampled_from(sorted({leaf.place for leaf in everything}))))
    found = Wanted(places).leaves(HEADERS, orjson.dumps(document))

    assert sorted(found) == sorted(leaf for leaf in everything if leaf.place in places)


def test_a_pointer_into_nothing_is_none() -> None:
    assert resolved({"a": [1]}, "/a/x") is None
    assert resolved(None, "/a") is None
    assert resolved({"a": 1}, "") == {"a": 1}
