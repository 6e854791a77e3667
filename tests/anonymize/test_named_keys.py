from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from smartsandbox.anonymize.apply import anonymize_trace
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.leaves import Address
from smartsandbox.anonymize.named_keys import named_keys
from smartsandbox.anonymize.policy import Action, Decision, Policy
from smartsandbox.anonymize.suggest import accepted, suggest_policy
from smartsandbox.anonymize.values import Values
from smartsandbox.packs.errors import NotSafeError
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.trace import Trace

KEEP = Decision(Action.KEEP)
BODY = "response.body"


def keyed(*pointers: tuple[str, ...]) -> Policy:
    return Policy("tidewater", {Address("GET /v1/x", BODY, pointer): KEEP for pointer in pointers})


def names(*values: str, kind: str = "last_name") -> Values:
    found = Values()
    for value in values:
        found.note(value, kind)
    return found


def test_a_key_that_is_a_name_in_the_capture_is_told_by_the_object_it_stands_in() -> None:
    policy = keyed(("people", "pellworth", "id"), ("people", "count"), ("pellworth_id",))
    assert named_keys(policy, names("Pellworth")) == (Address("GET /v1/x", BODY, ("people",)),)


@pytest.mark.parametrize("values", [names("Grant", "Price"), names("pellworth", kind="company"), names()])
def test_a_word_of_technical_english_and_what_is_nobodys_name_may_be_a_field(values: Values) -> None:
    assert named_keys(keyed(("grant",), ("price",), ("pellworth",)), values) == ()


def test_a_policy_that_publishes_a_surname_as_a_field_is_refused_and_one_with_a_map_is_not(
    exchange: Callable[..., Exchange], raw_trace: Callable[[Iterable[Exchange]], Trace], key: RunKey, tmp_path: Path
) -> None:
    body = {"owner": {"first_name": "Ottoline", "last_name": "Pellworth"}, "shares": {"pellworth": 3}}
    trace = raw_trace([exchange(body=body), exchange(body={"shares": {}})])
    drafted = suggest_policy(trace)
    endpoint = drafted.endpoints[0]
    published = Address(endpoint, BODY, ("shares", "pellworth"))
    careless = replace(drafted, maps=frozenset(), decisions={**drafted.decisions, published: KEEP})
    with pytest.raises(NotSafeError, match="1 objects have a key") as refused:
        anonymize_trace(trace, careless, key, tmp_path / "safe")
    assert "/shares:" in str(refused.value)
    assert "pellworth" not in str(refused.value)
    mapped = replace(drafted, maps=frozenset({Address(endpoint, BODY, ("shares",))}))
    safe = anonymize_trace(trace, accepted(mapped, trace.exchanges), key, tmp_path / "safe")
    assert b"pellworth" not in b"".join(one.response.body for one in safe.trace.exchanges() if one.response)


def test_a_draft_takes_an_object_for_a_map_that_has_a_word_of_a_full_name_as_its_key(
    exchange: Callable[..., Exchange], raw_trace: Callable[[Iterable[Exchange]], Trace], key: RunKey, tmp_path: Path
) -> None:
    body = {"owner": {"full_name": "Ottoline Pellworth"}, "shares": {"Pellworth": ["owner"]}}
    trace = raw_trace([exchange(body=body), exchange(body={"shares": {}})])
    drafted = suggest_policy(trace)
    assert [address.pointer for address in drafted.maps] == [("shares",)]
    safe = anonymize_trace(trace, replace(drafted, test_accounts="nobody real"), key, tmp_path / "safe")
    assert b"ellworth" not in b"".join(one.response.body for one in safe.trace.exchanges() if one.response)
