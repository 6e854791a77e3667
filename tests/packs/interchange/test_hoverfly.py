"""A simulation by hand: matchers, bodies, states; the tool itself cannot be had from a package registry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from smartsandbox.packs.interchange.hoverfly import NO_FAULTS, write_simulation
from smartsandbox.packs.pack import Pack


def test_a_simulation_has_a_pair_for_each_answered_exchange(pack: Pack, tmp_path: Path) -> None:
    done = write_simulation(pack, tmp_path / "out.json")
    simulation = json.loads((tmp_path / "out.json").read_text())
    pairs = simulation["data"]["pairs"]

    assert simulation["meta"]["schemaVersion"] == "v5.2"
    assert (done.written, len(pairs), done.left_out) == (6, 6, {NO_FAULTS: 1})
    first, third = pairs[0], pairs[2]
    assert first["request"]["path"] == [{"matcher": "exact", "value": "/v1/pay/7"}]
    assert first["request"]["query"] == {
        "tag": [{"matcher": "array", "value": ["b", "a"]}],
        "q": [{"matcher": "exact", "value": "it's me"}],
    }
    (state,) = first["request"]["requiresState"]
    assert state.startswith("sequence:")
    assert first["request"]["requiresState"] == {state: "1"}
    assert first["response"]["transitionsState"] == {state: "2"}
    assert third["request"]["requiresState"] == {state: "2"}
    assert "transitionsState" not in third["response"]


def test_bodies_are_matched_as_json_and_answered_as_they_are(pack: Pack, tmp_path: Path) -> None:
    write_simulation(pack, tmp_path / "out.json")
    pairs = json.loads((tmp_path / "out.json").read_text())["data"]["pairs"]

    assert pairs[1]["request"]["body"] == [{"matcher": "json", "value": '{"amount":5,"to":"Zoë"}'}]
    assert pairs[0]["request"]["body"] == [{"matcher": "exact", "value": ""}]
    assert (pairs[3]["response"]["encodedBody"], pairs[3]["response"]["body"]) == (True, "/gBlbmQ=")
    assert pairs[5]["response"]["headers"]["Set-Cookie"] == ["a=1", "b=2"]
    assert pairs[0]["response"]["headers"]["X-Sandbox"][0].startswith("TEST ONLY")


def matchers(value: Any) -> bool:
    return isinstance(value, list) and all({*item} == {"matcher", "value"} for item in value)


def texts(value: Any) -> bool:
    return all(isinstance(item, str) for item in value)


REQUEST = {
    **dict.fromkeys(("method", "path", "body", "destination", "scheme"), matchers),
    **dict.fromkeys(("query", "headers"), lambda value: all(map(matchers, value.values()))),
    "requiresState": lambda value: texts(value.values()),
}
RESPONSE = {
    **dict.fromkeys(("status", "fixedDelay"), lambda value: type(value) is int),
    **dict.fromkeys(("encodedBody", "templated"), lambda value: type(value) is bool),
    "body": lambda value: isinstance(value, str),
    "headers": lambda value: all(map(texts, value.values())),
    "transitionsState": lambda value: texts(value.values()),
}


def test_every_field_is_one_that_the_tool_s_schema_has_and_of_its_type(pack: Pack, tmp_path: Path) -> None:
    """As the schema of simulations v5 says; it lets unknown fields pass, which would be ignored in silence."""
    write_simulation(pack, tmp_path / "out.json")
    simulation = json.loads((tmp_path / "out.json").read_text())

    assert {*simulation} == {"data", "meta"}
    assert simulation["data"]["globalActions"] == {"delays": [], "delaysLogNormal": []}
    assert texts(simulation["meta"].values())
    for pair in simulation["data"]["pairs"]:
        for side, fields in (("request", REQUEST), ("response", RESPONSE)):
            assert [name for name, value in pair[side].items() if not fields[name](value)] == []
