"""GraphQL documents: what is the same, judged by hand and against graphql-core as a parser that others trust."""

from __future__ import annotations

import pytest
from graphql import parse, print_ast, strip_ignored_characters
from graphql.language.ast import FieldNode
from graphql.language.visitor import Visitor, visit
from hypothesis import given, settings
from hypothesis_graphql import queries

from smartsandbox.packs.matching.graphql import Document, document_of, looks_like_graphql, renamed

SCHEMA = """
type Query { user(id: ID!, tags: [String], at: Int, note: String): User users(first: Int): [User!]! }
type User { id: ID! name: String friends(first: Int = 3): [User] on: Boolean query: String }
"""


def document(text: str) -> Document:
    found = document_of(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{a b}", "{ a,\n  b }"),
        ("{a}", "# who\n{a} # what"),
        ('{a(x: "#no, comment")}', '{ a( x : "#no, comment" ) }'),
        ('{a(x: """block "" text""")}', '{a(x:"""block "" text""")}'),
        ("query Q($a: Int = 1) {a(b: $a)}", "query Q ( $a : Int=1 ) { a (b:$a) }"),
        ("{a ...F} fragment F on T {b}", "{ a ... F }\nfragment F on T { b }"),
    ],
)
def test_white_space_commas_and_comments_do_not_matter(one: str, other: str) -> None:
    assert document(one).full == document(other).full


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{a}", "{b}"),
        ("{a b}", "{ab}"),
        ('{a(x: "1 2")}', '{a(x: "1  2")}'),
        ("{a(x: 1)}", "{a(x: 2)}"),
        ("query Q {a}", "query R {a}"),
        ("{a @skip(if: true)}", "{a @skip(if: false)}"),
    ],
)
def test_other_documents_differ_even_without_aliases(one: str, other: str) -> None:
    assert document(one).plain != document(other).plain


@pytest.mark.parametrize(
    ("aliased", "plain", "keys"),
    [
        ("{x: a(id: 1) {y: b c}}", "{ a ( id : 1 ) { b c } }", ("x", "y", "c")),
        (
            "query ($i: In = {k: 1}) {x: a(v: {k: $i})}",
            "query ( $ i : In = { k : 1 } ) { a ( v : { k : $ i } ) }",
            ("x",),
        ),
        ("{... on T {z: on} ...F @d(a: 1)}", "{ ... on T { on } ... F @ d ( a : 1 ) }", ("z",)),
    ],
)
def test_aliases_are_left_out_and_response_names_kept(aliased: str, plain: str, keys: tuple[str, ...]) -> None:
    assert document(aliased).plain == plain
    assert document(aliased).keys == keys


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{a}", ("",)),
        ("query {a}", ("",)),
        ("query Q {a} mutation M {b}", ("Q", "M")),
        ("fragment F on T {b} query Q($x: I = {a: 1}) {a}", ("Q",)),
    ],
)
def test_operations_are_named(text: str, names: tuple[str, ...]) -> None:
    assert document(text).operations == names


@pytest.mark.parametrize(
    ("recorded", "asked", "names"),
    [
        ("{x: a}", "{y: a}", {"x": "y"}),
        ("{a}", "{y: a}", {"a": "y"}),
        ("{x: a {id} y: a {id}}", "{p: a {id} q: a {id}}", {"x": "p", "y": "q"}),
        ("{a {id}}", "{a {id}}", {}),
        ("{a {id} b {id}}", "{a {id} b {k: id}}", None),
    ],
)
def test_recorded_names_become_asked_ones_where_that_is_one_to_one(
    recorded: str, asked: str, names: dict[str, str] | None
) -> None:
    assert renamed(document(recorded), document(asked)) == names


@pytest.mark.parametrize("text", ["", "select 1 ?", '{a(x: "open)}', "~"])
def test_what_is_not_graphql_has_no_document(text: str) -> None:
    assert document_of(text) is None


def test_a_search_word_is_not_taken_for_a_document() -> None:
    assert not looks_like_graphql("queryless words")
    assert looks_like_graphql("# hi\n query{a}")


def test_a_document_with_ten_thousand_open_quotes_is_read_at_once() -> None:
    assert document_of('{a(x: "' + '\\"' * 10_000) is None
    assert document_of('{a(x: """' + '""' * 5_000 + "x") is None


@settings(max_examples=40, deadline=None)
@given(queries(SCHEMA))
def test_graphql_cores_own_spellings_of_a_document_are_one(text: str) -> None:
    printed = print_ast(parse(text))

    assert document(printed).full == document(strip_ignored_characters(printed)).full
    assert document(printed).keys == tuple(_response_names(printed))


def _response_names(text: str) -> list[str]:
    names: list[str] = []

    class Collect(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> None:
            names.append((node.alias or node.name).value)

    visit(parse(text), Collect())
    return names
