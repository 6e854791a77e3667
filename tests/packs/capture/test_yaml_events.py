from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.capture.yaml_events import DamagedBinary, parse_yaml


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("a: 0123\nb: 2020-08-27\nc: yes", {"a": "0123", "b": "2020-08-27", "c": "yes"}),
        ("a: ~\nb:\nc: ''\nd: 'null'", {"a": None, "b": None, "c": "", "d": "null"}),
        ("a: !binary aGk=\nb: !!binary |\n  aG\n  k=", {"a": b"hi", "b": b"hi"}),
        ("a: &x [1, 2]\nb: *x", {"a": ["1", "2"], "b": ["1", "2"]}),
        ("!ruby/struct:VCR::Request\nmethod: :get", {"method": ":get"}),
        ("- !ruby/string 'x'\n- !!python/unicode 'y'\n- !!python/tuple [a]", ["x", "y", ["a"]]),
        ("one\n---\ntwo", "one"),
        ("", None),
    ],
)
def test_yaml_becomes_maps_lists_text_and_bytes(text: str, root: Any) -> None:
    tree = parse_yaml(text.encode())
    assert (tree.root, tree.damage) == (root, None)


def test_a_binary_that_is_not_base64_keeps_its_text() -> None:
    value = parse_yaml(b"a: !binary 'AB<ID>=='").root["a"]
    assert isinstance(value, DamagedBinary)
    assert value == b"AB<ID>=="


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!!python/name:os.system", "!custom", "!!set"])
def test_a_tag_that_would_make_an_object_is_refused(tag: str) -> None:
    tree = parse_yaml(f"a: 1\nb: {tag} [x]\n".encode())
    assert tree.damage == "a tag that stands for a program's object at line 2"
    assert tree.root == {"a": "1"}


@pytest.mark.parametrize("text", ["[" * 200_000, "- " * 200_000 + "x", "{a: " * 200_000])
def test_deep_nesting_is_damage_and_not_a_crash(text: str) -> None:
    assert parse_yaml(text.encode()).damage == "nested deeper than 64"


def test_a_bomb_of_aliases_is_shared_and_not_multiplied() -> None:
    levels = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    root = parse_yaml("\n".join(levels).encode()).root
    assert root["a59"][0] is root["a59"][1]


def test_what_stands_before_a_syntax_error_is_kept_with_its_line() -> None:
    tree = parse_yaml(b"- a: 1\n- b: [2\n- c: 'x")
    assert tree.damage is not None
    assert tree.damage.startswith("not valid YAML at line ")
    assert tree.root[0] == {"a": "1"}
    assert tree.open[0] is tree.root


def test_forbidden_characters_are_replaced_and_counted() -> None:
    tree = parse_yaml(b"a: x\x00\x07y\nb: 'z'")
    assert (tree.root, tree.damage, tree.replaced) == ({"a": "x\ufffd\ufffdy", "b": "z"}, None, 2)


def test_an_alias_without_anchor_is_damage() -> None:
    assert parse_yaml(b"a: *nothing").damage is not None


@given(st.binary())
def test_any_bytes_give_a_tree(data: bytes) -> None:
    parse_yaml(data)


texts = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]))


@given(st.recursive(texts, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=10))
def test_what_yaml_writes_is_read_back(value: Any) -> None:
    assert parse_yaml(yaml.safe_dump(value).encode()).root == value
