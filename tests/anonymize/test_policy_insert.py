from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.leaves import Address
from smartsandbox.anonymize.policy import Decision, Policy
from smartsandbox.anonymize.policy_file import parse_policy, write_policy
from smartsandbox.anonymize.policy_insert import with_added

TEXT = """\
# Reviewed by two people.
service: tidewater
decisions:
    "*":
        method: keep  # always
    "GET /v1/a":
        response.body:
            /id: surrogate id  # never published
            # the next one was argued about

    # what support uses
    "GET /v1/b": {}  # nothing of its own
k: 7  # the board asked for it
"""
A, B = "GET /v1/a", "GET /v1/b"
EMAIL = Decision.parse("surrogate email")


def wider(text: str, *added: Address, endpoints: tuple[str, ...] = ()) -> Policy:
    policy = parse_policy(text, "p.yaml")
    more = dict.fromkeys(added, EMAIL)
    return replace(policy, decisions={**policy.decisions, **more}, endpoints=(*policy.endpoints, *endpoints))


def test_lines_stand_in_place_of_an_empty_mapping() -> None:
    found = with_added(TEXT, "p.yaml", wider(TEXT, Address(B, "query", ("email",))))
    assert found == TEXT.replace(
        ": {}  # nothing of its own", ":  # nothing of its own\n      query:\n        /email: surrogate email"
    )


def test_only_the_added_lines_differ() -> None:
    policy = wider(
        TEXT,
        Address(A, "response.body", ("owner", "email")),
        Address(A, "query", ("email",)),
        Address("*", "host", ()),
        Address("GET /v1/c", "query", ("to",)),
        endpoints=("GET /v1/c", "GET /v1/d"),
    )
    found = with_added(TEXT, "p.yaml", policy)
    assert parse_policy(found, "p.yaml").digest == policy.digest
    new = [
        '            /owner/email: surrogate email',
        '        query:',
        '          /email: surrogate email',
        '        host: surrogate email',
        '    "GET /v1/c":',
        '      query:',
        '        /to: surrogate email',
        '    "GET /v1/d": {}',
    ]  # fmt: skip
    lines = found.splitlines()
    for line in TEXT.splitlines():
        lines.remove(line)
    assert sorted(lines) == sorted(new)
    assert found.index("/owner/email") < found.index("# the next one was argued about")


@pytest.mark.parametrize(
    "text",
    [
        'service: t\ndecisions: {"GET /v1/a": {query: {/page: keep}}}\n',
        'service: t\ndecisions:\n  "GET /v1/a":\n    query: keep\n',
        "service: t\ndecisions: {}\n",
    ],
)
def test_a_policy_that_takes_no_lines_is_written_anew(text: str) -> None:
    policy = wider(text, Address(A, "query", ("email",)), endpoints=() if A in text else (A,))
    found = with_added(text, "p.yaml", policy)
    assert parse_policy(found, "p.yaml").digest == policy.digest


_ADDRESSES = st.builds(
    Address,
    st.sampled_from(["*", A, B]),
    st.sampled_from(["query", "response.body", "host"]),
    st.lists(st.text("ab/ é#:", max_size=3), max_size=2).map(tuple),
)


@given(st.frozensets(_ADDRESSES, min_size=1, max_size=12), st.data())
def test_any_part_of_a_policy_can_be_added_to_the_rest(places: frozenset[Address], data: st.DataObject) -> None:
    whole = Policy("t", dict.fromkeys(places, EMAIL), (A, B))
    some = data.draw(st.frozensets(st.sampled_from(sorted(places))))
    fewer = replace(whole, decisions=dict.fromkeys(some, EMAIL), endpoints=data.draw(st.sampled_from([(A,), (A, B)])))
    if any(address.endpoint == B for address in some):
        fewer = replace(fewer, endpoints=(A, B))
    assert parse_policy(with_added(write_policy(fewer), "p.yaml", whole), "p.yaml").digest == whole.digest
