from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.compact import compact
from smartsandbox.anonymize.leaves import ANY, Address
from smartsandbox.anonymize.policy import Decision, Policy
from smartsandbox.anonymize.policy_file import parse_policy, write_policy

BODY = "response.body"
ENDPOINTS = tuple(f"GET /v1/{name}" for name in "abcd")


def decided(*words: str) -> Policy:
    """One place, decided by the n-th endpoint as the n-th word says."""
    decisions = {
        Address(endpoint, BODY, ("x",)): Decision.parse(word) for endpoint, word in zip(ENDPOINTS, words, strict=False)
    }
    return Policy("tidewater", decisions, ENDPOINTS)


@pytest.mark.parametrize(
    ("words", "entries"),
    [
        (["surrogate id", "surrogate id"], {ANY: "surrogate id"}),
        (["surrogate id", "surrogate id", "keep"], {ANY: "surrogate id", "c": "keep"}),
        (["surrogate id"], {"a": "surrogate id"}),
        (["keep", "keep"], {"a": "keep", "b": "keep"}),
        (["keep", "keep", "keep"], {ANY: "keep"}),
        (["keep", "keep", "keep", "drop"], {"a": "keep", "b": "keep", "c": "keep", "d": "drop"}),
        (["common", "common"], {ANY: "common"}),
        (["common", "common", "surrogate id"], {"a": "common", "b": "common", "c": "surrogate id"}),
    ],
)
def test_what_may_stand_for_all_is_decided_once(words: list[str], entries: dict[str, str]) -> None:
    found = {address.endpoint: str(decision) for address, decision in compact(decided(*words)).decisions.items()}
    assert found == {(name if name == ANY else f"GET /v1/{name}"): word for name, word in entries.items()}


def test_a_subject_is_named_once_if_every_endpoint_that_has_the_place_names_it() -> None:
    policy = decided("surrogate id", "surrogate id", "surrogate id")
    a, b, c = sorted(policy.decisions)
    assert compact(replace(policy, subjects=frozenset({a, b, c}))).subjects == {a._replace(endpoint=ANY)}
    assert compact(replace(policy, subjects=frozenset({a, b}))).subjects == {a, b}


_WORDS = st.sampled_from(["keep", "common", "drop", "surrogate id", "surrogate email", "retime", "free_text"])
_ADDRESSES = st.builds(
    Address, st.sampled_from([ANY, *ENDPOINTS]), st.sampled_from([BODY, "query"]), st.tuples(st.sampled_from("xyz"))
)


@given(st.dictionaries(_ADDRESSES, _WORDS, max_size=30), st.data())
def test_every_leaf_is_decided_and_names_people_as_before(words: dict[Address, str], data: st.DataObject) -> None:
    decisions = {address: Decision.parse(word) for address, word in words.items()}
    subjects = data.draw(st.frozensets(st.sampled_from(sorted(decisions)))) if decisions else frozenset()
    policy = Policy("tidewater", decisions, ENDPOINTS, subjects=subjects)
    short = compact(policy)
    for address in decisions:
        assert short.decide(*address) == policy.decide(*address)
        assert short.is_subject(address) == policy.is_subject(address)
    assert len(short.decisions) <= len(decisions)
    assert compact(short).digest == short.digest
    assert parse_policy(write_policy(short), "p.yaml").digest == short.digest


@given(st.dictionaries(_ADDRESSES, _WORDS, max_size=30))
def test_what_nobody_decided_is_let_through_only_where_endpoints_agreed(words: dict[Address, str]) -> None:
    policy = Policy("tidewater", {address: Decision.parse(word) for address, word in words.items()}, ENDPOINTS)
    short = compact(policy)
    for location in (BODY, "query"):
        for pointer in (("x",), ("y",), ("z",)):
            new = short.decide("GET /v1/new", location, pointer)
            if new is not None and policy.decide("GET /v1/new", location, pointer) is None:
                all_of_them = [d for a, d in policy.decisions.items() if (a.location, a.pointer) == (location, pointer)]
                assert all_of_them.count(new) >= (3 if str(new) == "keep" else 2)
                assert str(new).split()[0] in ("surrogate", "drop") or set(all_of_them) == {new}
