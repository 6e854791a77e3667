from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.leaves import Address, Location
from smartsandbox.anonymize.policy import Action, AttributeKind, Decision, Policy
from smartsandbox.anonymize.policy_file import parse_policy, read_policy, write_policy
from smartsandbox.packs.errors import UsageError

TEXT = """\
format: 1
service: tidewater
k: 7
m: 3
waive:
  "attack: known requests": twelve test accounts
quasi_identifiers:
  birth_date: date
subjects:
  "GET /v1/accounts/{account_id}":
    path: [/account_id]
decisions:
  "*":
    method: keep
    request.header:
      /accept: keep
  "GET /v1/accounts/{account_id}":
    path:
      /account_id: surrogate id
    response.body:
      /owner/a~1b: generalise birth_date
  "DELETE /v1/accounts/{account_id}": {}
"""


def test_a_policy_reads_as_it_is_written() -> None:
    policy = parse_policy(TEXT, "p.yaml")
    assert policy.k == 7
    assert policy.m == 3
    assert policy.waivers == {"attack: known requests": "twelve test accounts"}
    assert policy.endpoints == ("DELETE /v1/accounts/{account_id}", "GET /v1/accounts/{account_id}")
    endpoint = "GET /v1/accounts/{account_id}"
    assert policy.decide(endpoint, "response.body", ("owner", "a/b")) == Decision(Action.GENERALISE, "birth_date")
    assert policy.decide(endpoint, "method", ()) == Decision(Action.KEEP)
    assert policy.decide(endpoint, "response.body", ("unknown",)) is None
    assert policy.is_subject(Address(endpoint, "path", ("account_id",)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("k: 7", "k: 1", r"line 3: k is a whole number"),
        ("k: 7", "k: many", r"line 3: expected a number"),
        ("m: 3", "m: 9", r"line 4: m is a whole number of known requests"),
        ("twelve test accounts", '""', r"line 6: attack: known requests: give the reason"),
        ("k: 7", "kk: 7", r"line 3: unknown field 'kk'"),
        ("    method: keep", "    method: keap", r"line 14: 'keap' is no decision"),
        ("    method: keep", "    methods: keep", r"line 14: 'methods' is no location"),
        ("      /accept: keep", "      accept: keep", r"line 16: a pointer begins with"),
        ("      /accept: keep", "      /accept: surrogate", r"line 16: 'surrogate' needs a class"),
        ("surrogate id", "drop", r"line 19: this cannot be dropped"),
        ("surrogate id", "surrogate idd", r"line 19: no surrogate class 'idd'"),
        ("generalise birth_date", "generalise height", r"line 21: 'height' is not among quasi_identifiers"),
        ("birth_date: date", "birth_date: day", r"line 8: birth_date: the kind is one of"),
        (
            '  "DELETE /v1/accounts/{account_id}": {}',
            '  "GET /v1/accounts/{account_id}": {}',
            r"line 22: .* stands here twice",
        ),
        ("service: tidewater", "service: [", r"not YAML"),
        ("format: 1", "format: 2", r"line 1: format 2 is newer than 1: upgrade"),
    ],
)
def test_a_mistake_names_file_and_line(old: str, new: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        parse_policy(TEXT.replace(old, new), "p.yaml")
    assert "policy p.yaml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_says_how_to_draft_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--suggest"):
        read_policy(tmp_path / "none.yaml")


@pytest.mark.parametrize("text", ["", "[]", "just text", "decisions: {}", "service: x"])
def test_a_file_that_is_no_policy_is_one_clear_error(text: str) -> None:
    with pytest.raises(UsageError, match=r"policy p\.yaml"):
        parse_policy(text, "p.yaml")


_POINTERS = st.lists(st.text(min_size=0, max_size=12), max_size=4).map(tuple)
_DECISIONS = st.sampled_from(
    [Decision(Action.KEEP), Decision(Action.SURROGATE, "email"), Decision(Action.GENERALISE, "age")]
)
_ADDRESSES = st.builds(
    Address,
    st.sampled_from(["*", "GET /v1/a", "POST /v1/{b_id}/*"]),
    st.sampled_from(sorted(map(str, Location))),
    _POINTERS,
)


@given(st.dictionaries(_ADDRESSES, _DECISIONS, max_size=12), st.frozensets(_ADDRESSES, max_size=4))
def test_writing_and_reading_give_an_equal_policy(
    decisions: dict[Address, Decision], subjects: frozenset[Address]
) -> None:
    endpoints = tuple(sorted({address.endpoint for address in decisions} - {"*"}))
    policy = Policy("svc: one", decisions, endpoints, 6, 0.1, {"age": AttributeKind.NUMBER}, subjects)
    read = parse_policy(write_policy(policy), "p.yaml")
    assert read.digest == policy.digest
    assert dict(read.decisions) == decisions
