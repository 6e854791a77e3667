"""The raw trace without the person: rows, ledger, digest and time of file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable

import pytest

from smartsandbox.anonymize.erasure.find import Scope, find_concerned
from smartsandbox.anonymize.erasure.raw_trace import ERASED, REDACTED, erase_from_trace, require_raw
from smartsandbox.anonymize.policy import Policy
from smartsandbox.packs.certificate import SafeTrace
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.trace import Trace, row_bytes

EXACT = Scope()
ANN, ANN_MAIL = "cus_0001AnnQ7", "ann.marlowe@oakmoor.co.uk"
BOB, BOB_MAIL = "cus_0002BobZ4", "bob.tarrant@oakmoor.co.uk"
Write = Callable[[Iterable[Exchange]], Trace]


@pytest.fixture
def raw(raw_trace: Write, exchange: Callable[..., Exchange]) -> Trace:
    people = [{"id": ANN, "email": ANN_MAIL, "name": "Ann Marlowe"}, {"id": BOB, "email": BOB_MAIL, "name": "Bob"}]
    return raw_trace(
        [
            exchange(f"/v1/customers/{ANN}", {"id": ANN, "email": ANN_MAIL}, session="s_ann"),
            exchange(f"/v1/customers/{BOB}", {"id": BOB, "email": BOB_MAIL}, session="s_bob"),
            exchange("/v1/customers", {"items": people, "note": "two"}, session="s_admin"),
        ]
    )


def content(trace: Trace) -> str:
    return b"\n".join(map(row_bytes, trace.exchanges())).decode()


def erase(raw: Trace, policy: Policy, scope: Scope = EXACT) -> Trace:
    found = find_concerned(raw.exchanges, policy, [ANN_MAIL], scope)
    return erase_from_trace(raw, policy, found).after


def test_removed_exchanges_are_gone_and_counted(raw: Trace, policy: Policy) -> None:
    after = erase(raw, policy)

    assert [one.id for one in after.exchanges()] == ["ex_0002"]
    assert after.ledger["dropped"] == {ERASED: 2}
    assert after.ledger["seen"] == after.ledger["kept"] + 2 == raw.ledger["seen"]
    assert after.digest == after.recomputed_digest() != raw.digest
    assert ANN not in content(after)


def test_redaction_empties_the_persons_object_and_leaves_the_others(raw: Trace, policy: Policy) -> None:
    after = erase(raw, policy, Scope(redact=True))

    (listed,) = (one for one in after.exchanges() if one.request.path == "/v1/customers")
    assert listed.response is not None
    assert json.loads(listed.response.body) == {
        "items": [{"id": None, "email": None, "name": None}, {"id": BOB, "email": BOB_MAIL, "name": "Bob"}],
        "note": "two",
    }
    assert after.ledger["notes"] == {REDACTED: 1}
    assert listed.endpoint is None


def test_what_cannot_be_redacted_is_removed(
    raw_trace: Write, exchange: Callable[..., Exchange], policy: Policy
) -> None:
    """A key stays a key when its value is emptied, so the answer would still name the person."""
    raw = raw_trace([exchange("/v1/things", {"by": {ANN_MAIL: {"name": "Ann"}}}, session="s_admin"), exchange()])

    after = erase(raw, policy, Scope(redact=True))

    assert [one.id for one in after.exchanges()] == ["ex_0002"]
    assert after.ledger["dropped"] == {ERASED: 1}


def test_a_trace_without_the_person_is_left_as_it_was(raw: Trace, policy: Policy) -> None:
    found = find_concerned(raw.exchanges, policy, ["zoe@elsewhere.example"])
    before = (raw.path / "trace.json").stat()

    assert erase_from_trace(raw, policy, found).after == raw
    assert (raw.path / "trace.json").stat() == before


def test_an_erasure_does_not_make_the_trace_younger(raw: Trace, policy: Policy) -> None:
    os.utime(raw.path / "trace.json", (10**9, 10**9))

    assert (erase(raw, policy).path / "trace.json").stat().st_mtime == 10**9


def test_erasing_twice_adds_up(raw: Trace, policy: Policy) -> None:
    after = erase(raw, policy)
    found = find_concerned(after.exchanges, policy, [BOB])

    assert erase_from_trace(after, policy, found).after.ledger["dropped"] == {ERASED: 3}


def test_an_anonymised_trace_holds_nobody_to_erase(
    anonymized: Callable[..., SafeTrace], exchange: Callable[..., Exchange]
) -> None:
    safe = anonymized(exchange(f"/v1/things/{n}", session=f"s_{n}") for n in range(6))

    with pytest.raises(UsageError, match="erase from the raw trace"):
        require_raw(safe.trace)
