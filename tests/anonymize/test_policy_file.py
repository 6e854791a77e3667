from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.leaves import Address, Location
from smartsandbox.anonymize.policy import Action, AttributeKind, Decision, Policy
from smartsandbox.anonymize.policy_file import parse_policy, read_policy, write_policy
from smartsandbox.anonymize.recoding import Recoding
from smartsandbox.anonymize.sensitive import Bound, Sensitive
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
sensitive:
  segment:
    kind: category
    l: recursive 3 2
    t: equal 0.3
    at:
      "*": {response.body: [/owner/segment]}
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
      /owner/segment: common
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
        ("    method: keep", "    method: keap", r"line 21: 'keap' is no decision"),
        ("    method: keep", "    methods: keep", r"line 21: 'methods' is no location"),
        ("      /accept: keep", "      accept: keep", r"line 23: a pointer begins with"),
        ("      /accept: keep", "      /accept: surrogate", r"line 23: 'surrogate' needs a class"),
        ("surrogate id", "drop", r"line 26: this cannot be dropped"),
        ("surrogate id", "surrogate idd", r"line 26: no surrogate class 'idd'"),
        ("generalise birth_date", "generalise height", r"line 28: 'height' is not among quasi_identifiers"),
        ("birth_date: date", "birth_date: day", r"line 8: birth_date: the kind is one of"),
        (
            '  "DELETE /v1/accounts/{account_id}": {}',
            '  "GET /v1/accounts/{account_id}": {}',
            r"line 30: .* stands here twice",
        ),
        ("service: tidewater", "service: [", r"not YAML"),
        (
            "attack: known requests",
            "attack: unknown",
            r"line 6: there is no check 'attack: unknown'; checks are .*leak",
        ),
        ("path: [/account_id]", "path: [/acount_id]", r"line 18: .*/acount_id has no decision"),
        ("path: [/account_id]", "query: [/account_id]", r"line 18: .* query /account_id has no decision"),
        (
            'subjects:\n  "GET /v1/accounts/{account_id}"',
            'subjects:\n  "GET /v1/acounts/{account_id}"',
            r"line 18: 'GET /v1/acounts/\{account_id\}' is no endpoint under decisions",
        ),
        ("[/owner/segment]", "[/owner/sector]", r"line 15: .*/owner/sector has no decision"),
        ("[/owner/segment]", "[/owner/a~1b]", r"line 15: .* is sensitive and generalised as 'birth_date'"),
        ("  segment:\n", "  birth_date:\n", r"line 10: 'birth_date' is a quasi-identifier too"),
        ("kind: category", "kind: place", r"line 11: segment: the kind is one of category, number, date"),
        ("recursive 3 2", "recursive 3", r"line 12: 'recursive' takes c and l"),
        ("equal 0.3", "equal 3", r"line 13: t=3: t-closeness needs a t between 0 and 1"),
        ("equal 0.3", "near 0.3", r"line 13: 'near' is no form of it; write equal T or ordered T"),
        ("    l: recursive 3 2\n    t: equal 0.3\n", "", r"line 11: segment: ask for l, for t, or for both"),
        ('    at:\n      "*": {response.body: [/owner/segment]}\n', "", r"line 11: segment: 'at' is missing"),
        ("birth_date: date", "birth_date: date\n  age: number", r"line 9: no decision says `generalise age`"),
        ("k: 7", "k: 7\nmethod: magic", r"line 4: 'magic' is no method; methods are mondrian, full-domain"),
        ("k: 7", "k: 7\nhierarchies: {birth_date: h.csv}", r"line 4: hierarchies are for `method: full-domain`"),
        ("k: 7", "k: 7\nmethod: full-domain\nhierarchies: {age: h.csv}", r"line 5: 'age' is not among quasi_id"),
        (
            "k: 7",
            "k: 7\nmethod: full-domain\nhierarchies: {birth_date: h.csv}",
            r"line 5: hierarchy h.csv: there is no",
        ),
        ("k: 7", "k: &k 7\nsuppression_limit: *k", r"line 4: an alias"),
        ("k: 7", "k: " + "[" * 100_000, r"line 3: nested too deep"),
        ("k: 7", "k: .inf", r"line 3: expected a number"),
        ("k: 7", "k: inf", r"line 3: expected a finite number"),
        ("k: 7", 'test_accounts: ""', r"line 3: test_accounts: say in a few words whose accounts these are"),
        ("k: 7", "test_accounts: true", r"line 3: test_accounts: say in a few words whose accounts these are"),
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


def test_an_endless_alias_is_one_clear_error() -> None:
    with pytest.raises(UsageError, match=r"policy p\.yaml, line 2: an alias"):
        parse_policy("decisions: &all\n  a: *all", "p.yaml")


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(UsageError, match=r"has 50000000 bytes; at most 8388608 are read"):
        read_policy(path)


def test_a_statement_about_test_accounts_enters_the_digest_and_its_absence_does_not() -> None:
    policy = parse_policy(TEXT, "p.yaml")
    stated = parse_policy(TEXT.replace("k: 7", "k: 7\ntest_accounts: our staging\n  tenant"), "p.yaml")
    assert (policy.test_accounts, stated.test_accounts) == ("", "our staging tenant")
    assert policy.digest != stated.digest == parse_policy(write_policy(stated), "again").digest
    assert "test_accounts" not in write_policy(policy)


def test_a_hierarchy_is_read_beside_the_policy_and_enters_its_digest(tmp_path: Path) -> None:
    wide = TEXT.replace("k: 7", "k: 7\nmethod: full-domain\nhierarchies: {birth_date: levels/days.csv}")
    (tmp_path / "levels").mkdir()
    (tmp_path / "p.yaml").write_text(wide)
    digests = set()
    for rows in ("1990-01-01;1990\n1990-01-02;1990\n", "1990-01-01;90s\n1990-01-02;90s\n"):
        (tmp_path / "levels" / "days.csv").write_text(rows)
        policy = read_policy(tmp_path / "p.yaml")
        assert policy.hierarchies["birth_date"].path == "levels/days.csv"
        assert parse_policy(write_policy(policy), str(tmp_path / "p.yaml")).digest == policy.digest
        digests.add(policy.digest)
    assert len(digests) == 2
    (tmp_path / "levels" / "days.csv").write_text("a;b;c\nd;e\n")
    with pytest.raises(UsageError, match=r"line 5: hierarchy levels/days.csv: .* row 1 has 2 levels, row 0 has 3"):
        read_policy(tmp_path / "p.yaml")


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


@given(st.dictionaries(_ADDRESSES, _DECISIONS, max_size=12), st.data())
def test_writing_and_reading_give_an_equal_policy(decisions: dict[Address, Decision], data: st.DataObject) -> None:
    endpoints = tuple(sorted({address.endpoint for address in decisions} - {"*"}))
    named = st.frozensets(st.sampled_from(sorted(decisions)), max_size=4) if decisions else st.just(frozenset())
    used = any(decision.action is Action.GENERALISE for decision in decisions.values())
    at = data.draw(named, "sensitive")
    free = frozenset(one for one in at if decisions[one].action is not Action.GENERALISE and one.endpoint != "*")
    l, t = Bound("recursive", (2.5, 3)), data.draw(st.sampled_from([None, Bound("ordered", (0.25,))]), "t")  # noqa: E741
    policy = Policy(
        "svc: one",
        decisions,
        endpoints,
        6,
        0.1,
        {"age": AttributeKind.NUMBER} if used else {},
        data.draw(named, "subjects"),
        sensitive={"mood": Sensitive(AttributeKind.CATEGORY, free, l, t)} if used and free else {},
        method=data.draw(st.sampled_from(Recoding), "method"),
        test_accounts=data.draw(st.sampled_from(["", "our staging tenant, no real person"]), "statement"),
    )
    read = parse_policy(write_policy(policy), "p.yaml")
    assert read.digest == policy.digest
    assert dict(read.decisions) == decisions
    assert dict(read.sensitive) == dict(policy.sensitive)
