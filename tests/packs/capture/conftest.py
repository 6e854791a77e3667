"""Fixtures of the capture room: the real captures where they are present, and files written for one test."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from smartsandbox.packs.capture import READERS
from smartsandbox.packs.capture.detect import sniff
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.model import Exchange

Read = Callable[..., tuple[list[Exchange], Report]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write text, bytes or a JSON value to a file, read it with the reader its content asks for."""

    def write_and_read(content: Any, name: str = "capture") -> tuple[list[Exchange], Report]:
        path = tmp_path / name
        data = content if isinstance(content, str | bytes) else json.dumps(content)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        report = Report(place=name)
        kind = sniff(path)
        assert kind is not None
        return list(READERS[kind](path, report)), report

    return write_and_read
