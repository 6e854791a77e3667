"""The files that a run can leave: a writer a kind, which is loaded when it is asked for, and one table of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from smartsandbox.packs.canonical import pretty_json
from smartsandbox.replay_engine.drive.driver import Driven

WriteFile = Callable[[Driven, Mapping[str, Any], Path], None]
"""Writes a finished run, with its report, to a file."""


def _json(driven: Driven, report: Mapping[str, Any], path: Path) -> None:
    path.write_bytes(pretty_json(report))


def _html(driven: Driven, report: Mapping[str, Any], path: Path) -> None:
    from smartsandbox.replay_engine.report.html import to_html

    path.write_text(to_html(report), encoding="utf-8")


def _junit(driven: Driven, report: Mapping[str, Any], path: Path) -> None:
    from smartsandbox.replay_engine.report.junit import to_junit

    path.write_bytes(to_junit(report))


def _hlog(driven: Driven, report: Mapping[str, Any], path: Path) -> None:
    from smartsandbox.replay_engine.report.hlog import to_hlog

    path.write_text(to_hlog(driven.outcomes), encoding="ascii")


def _outcomes(driven: Driven, report: Mapping[str, Any], path: Path) -> None:
    from smartsandbox.replay_engine.drive.outcomes_file import write_outcomes

    write_outcomes(driven, path)


RUN_FILES: dict[str, WriteFile] = {
    "json": _json,
    "html": _html,
    "junit": _junit,
    "hlog": _hlog,
    "outcomes": _outcomes,
}
"""Writer by the name of the command line's option."""
