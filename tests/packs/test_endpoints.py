"""Endpoints inferred from paths, and matched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.endpoints import MAX_DEPTH, EndpointTable, infer_endpoints, looks_like_id
from smartsandbox.packs.errors import UsageError


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        ("42", True),
        ("550e8400-e29b-41d4-a716-446655440000", True),
        ("acct_1Bx92k", True),
        ("d128ff74fac311efa7a7", True),
        ("2026-01-31", True),
        ("ann%40example.com", True),
        ("aushotpnzxzCXmFlR5d6", True),
        ("KVJUKUS7IFCE2SKO", True),
        ("oauth2ClientCredentials", False),
        ("payment-methods-v2", False),
        ("accounts", False),
        ("v1", False),
        ("v1alpha", False),
        ("payment_methods", False),
        ("deadbeef", False),  # hex without a digit is a word until something says otherwise
        ("", False),
    ],
)
def test_an_id_is_told_from_a_word_by_its_shape(segment: str, expected: bool) -> None:
    assert looks_like_id(segment) is expected


def test_a_parameter_is_named_after_the_noun_before_it() -> None:
    table = infer_endpoints([("get", "/v1/accounts/acct_1Bx92k/cards/42"), ("POST", "/v1/policies/77/entries/9")])

    assert table.names == (
        "GET /v1/accounts/{account_id}/cards/{card_id}",
        "POST /v1/policies/{policy_id}/entries/{entry_id}",
    )


def test_a_noun_that_only_looks_like_a_plural_is_not_cut() -> None:
    assert infer_endpoints([("GET", "/status/42")]).names == ("GET /status/{status_id}",)


def test_words_that_vary_under_a_plural_noun_become_a_parameter() -> None:
    table = infer_endpoints([("GET", f"/users/{name}/repos") for name in ("ann", "bob", "cyd")])

    assert table.names == ("GET /users/{user_id}/repos",)


def test_two_actions_under_a_plural_noun_stay_words() -> None:
    table = infer_endpoints([("GET", "/v1/reports/daily"), ("GET", "/v1/reports/weekly")])

    assert table.names == ("GET /v1/reports/daily", "GET /v1/reports/weekly")


def test_a_literal_wins_over_a_parameter() -> None:
    table = EndpointTable.of(["GET /users/{user_id}", "GET /users/me"])

    me, other = table.match("GET", "/users/me"), table.match("GET", "/users/7")

    assert me is not None
    assert me.name == "GET /users/me"
    assert other is not None
    assert other.params == (("user_id", "7"),)


def test_a_dead_end_under_a_literal_goes_back_to_the_parameter() -> None:
    table = EndpointTable.of(["GET /users/me", "GET /users/{user_id}/cards"])

    bound = table.match("GET", "/users/me/cards")

    assert bound is not None
    assert bound.params == (("user_id", "me"),)


def test_an_unknown_path_or_method_matches_nothing() -> None:
    table = infer_endpoints([("GET", "/v1/accounts")])

    assert table.match("GET", "/v1/cards") is None
    assert table.match("POST", "/v1/accounts") is None


def test_braces_in_a_path_are_a_literal() -> None:
    table = infer_endpoints([("GET", "/x/{y}")])

    bound = table.match("GET", "/x/{y}")

    assert bound is not None
    assert bound.params == ()


def test_a_name_without_a_path_is_refused() -> None:
    with pytest.raises(UsageError, match="not a method and a path"):
        EndpointTable.of(["GET"])


def test_a_path_of_ten_thousand_segments_is_one_parameter_at_the_end() -> None:
    path = "/a" * 10_000

    bound = infer_endpoints([("GET", path)]).match("GET", path)

    assert bound is not None
    assert bound.name.count("/") == MAX_DEPTH


paths = st.lists(st.text("abc12{}_%./", max_size=12), max_size=6).map(lambda parts: "/" + "/".join(parts))


@given(st.lists(st.tuples(st.sampled_from(["GET", "POST"]), paths), min_size=1, max_size=30), st.randoms())
def test_every_path_is_matched_and_the_order_does_not_matter(pairs: list[tuple[str, str]], random: object) -> None:
    table = infer_endpoints(pairs)
    shuffled = list(pairs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert infer_endpoints(shuffled).names == table.names
    assert all(table.match(method, path) is not None for method, path in pairs)
    assert EndpointTable.of(table.names).names == table.names


def test_twenty_collections_under_one_root_stay_collections() -> None:
    names = [f"{letter}widgets" for letter in "abcdefghijklmnopqrst"]

    table = infer_endpoints([("GET", f"/api/v1/{name}") for name in names])

    assert table.names == tuple(f"GET /api/v1/{name}" for name in names)


def test_many_single_things_under_a_root_are_one_parameter_beside_its_collections() -> None:
    people = [f"person{letter}" for letter in "abcdefghijklmnop"]

    table = infer_endpoints([("GET", f"/{name}") for name in [*people, "settings"]])

    assert table.names == ("GET /settings", "GET /{path_id}")
