"""A target finds the group that its match key would find, or nothing."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.key import match_key
from smartsandbox.packs.matching_rules import Matching
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.arrays import in_memory
from smartsandbox.replay_engine.index import KeyIndex
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.targets import NOWHERE, Targets, lines_of, write_lines, write_targets


def targets_of(pack: Pack) -> tuple[Targets, KeyIndex]:
    index = KeyIndex.build(Rows.load(pack).key)
    return Targets.read(in_memory(lambda add: write_targets(pack, index, add))), index


def test_targets_are_found_as_they_were_recorded_and_no_other(tmp_path: Path) -> None:
    asked = ["/a", "/a?x=1&y=2", "/a", "/a?y=2&x=1"]
    exchanges = [an_exchange(f"e{n}", a_request(target=target), a_response()) for n, target in enumerate(asked)]
    exchanges += [
        an_exchange("p", a_request("POST", "/a", json={}), a_response()),
        an_exchange("d", a_request("DELETE", "/a"), a_response()),
    ]
    pack = make_pack(tmp_path, exchanges)
    targets, index = targets_of(pack)

    group, row = targets.find("GET", b"/a")
    assert (len(index.rows(group)), row) == (2, -1)
    assert targets.find("GET", b"/a?x=1&y=2") == targets.find("GET", b"/a?y=2&x=1")
    group, row = targets.find("DELETE", b"/a")
    assert row == index.row(group)
    assert group == index.find(match_key("DELETE", "/a", "", "", b""))
    for method, target in (("POST", b"/a"), ("GET", b"/A"), ("GET", b""), ("GET", b"/a?"), ("PUT", b"/a")):
        assert targets.find(method, target) == NOWHERE


def test_where_headers_are_part_of_the_key_a_target_says_too_little(tmp_path: Path) -> None:
    pack = make_pack(tmp_path, [an_exchange("e", a_request(), a_response())], matching=Matching(headers=("x-tenant",)))
    targets, _ = targets_of(pack)
    assert targets.find("GET", b"/") == NOWHERE


def test_a_target_with_several_keys_is_left_out() -> None:
    assert lines_of(["GET /a", "GET /b", "GET /a", "GET /b"], [0, 1, 2, 1]) == {"GET /b": 1}


@given(st.dictionaries(st.text("abc/?", max_size=4), st.integers(0, 9), max_size=40), st.text("abc/?", max_size=4))
def test_the_targets_are_a_dictionary(groups: dict[str, int], stranger: str) -> None:
    lines = {f"GET {target}": group for target, group in groups.items()}
    targets = Targets.read(in_memory(lambda add: write_lines(lines, {4: 44}, add)))
    for target in (*groups, stranger):
        expected = (groups[target], 44 if groups[target] == 4 else -1) if target in groups else NOWHERE
        assert targets.find("GET", target.encode()) == expected
    assert targets.find("PUT", b"a") == NOWHERE
