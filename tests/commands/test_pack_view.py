"""A pack at a glance, by hand: three reads in one second, one of them failed, and a write much later."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from smartsandbox.cli import run
from smartsandbox.commands.pack_view import COLUMNS, MOST_ROWS, curve, endpoints
from smartsandbox.packs.publish import Draft, publish_pack
from smartsandbox.packs.shape import Row
from smartsandbox.packs.testing import a_request, a_response, an_exchange, certified_trace


def row(measure: str, endpoint: str = "", x: float | None = None, value: float = 1.0, **more: object) -> Row:
    return {"measure": measure, "endpoint": endpoint, "x": x, "value": value, "status": None, "label": None, **more}


SHAPE = [
    row("qps", x=0.0, value=3.0),
    row("qps", x=119.0, value=1.0),
    *(row("total_us", "GET /a", at, value, status=200) for at, value in ((0.5, 900.0), (0.95, 2e3), (1.0, 3e6))),
    row("ttfb_us", "GET /a", 0.5, 1.0, status=200),
    row("status", "GET /a", value=2.0, status=200),
    row("status", "POST /b", value=7.0, status=201),
    row("failure", "GET /a", label="reset"),
]


def cells(shape: list[Row]) -> list[tuple[str, ...]]:
    return list(zip(*(column._cells for column in endpoints(shape).columns), strict=True))


def test_the_curve_has_equal_steps_of_whole_seconds_and_says_the_peak_of_one_second() -> None:
    line = curve(SHAPE)
    assert line.startswith("  requests   █")
    assert line.count("▁") == COLUMNS - 2  # 120 seconds in steps of two; in the last one a third of the first
    assert line.endswith("2 s a step, at most 3 a second")
    assert "at most 0 a second" in curve([])


def test_the_busiest_come_first_with_the_times_that_are_known() -> None:
    assert cells(SHAPE) == [
        ("POST /b", "201", "7", "", "", "", ""),
        ("GET /a", "200", "2", "900 µs", "2 ms", "", "3 s"),
        ("GET /a", "reset", "1", "", "", "", ""),
    ]


def test_what_does_not_fit_is_counted() -> None:
    many = [row("status", f"GET /{at}", value=2.0, status=200) for at in range(MOST_ROWS + 3)]
    assert len(cells(many)) == MOST_ROWS + 1
    assert cells(many)[-1][:3] == ("and 3 more", "", "6")


def test_show_tells_what_the_pack_is_and_with_json_gives_its_manifest_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    safe = certified_trace(tmp_path / "t", [an_exchange("e", a_request(), a_response())])
    publish_pack(safe, Draft("sample"), tmp_path / "pack")
    assert run(["packs", "show", str(tmp_path / "pack")]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("sample@")
    assert "NOT ANONYMISED" in shown
    assert "nothing was checked" in shown
    assert run(["packs", "show", str(tmp_path / "pack"), "--json"]) == 0
    manifest = orjson.loads(capsys.readouterr().out)
    assert manifest["name"] == "sample"
    assert manifest["digest"] in shown
