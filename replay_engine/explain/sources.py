"""Requests from a file: a trace, a capture of any known format, or JSON Lines of described requests."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import orjson

from smartsandbox.packs.capture import READERS
from smartsandbox.packs.capture.detect import sniff
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.trace import Trace
from smartsandbox.replay_engine.explain.asking import Described, described_from

Told = tuple[str, Described]
"""The name of a session and one of its requests."""


def requests_in(file: Path) -> Iterator[Told]:
    """The requests of a file in order, streamed where the format allows. Raises UsageError."""
    if (file / "trace.json").is_file():
        return map(_told, Trace.open(file).exchanges())
    if not file.is_file():
        raise UsageError(f"{file} is neither a trace nor a file: give a trace, a capture, or JSON Lines of requests")
    kind = sniff(file)
    if kind is not None:
        return map(_told, READERS[kind](file, Report(place=file.name)))
    return _lines(file)


def entry_of(file: Path, number: int) -> Described:
    """One request of a HAR file. Raises UsageError where there is none."""
    found = list(islice((described for _, described in requests_in(file)), number, number + 1))
    if not found:
        raise UsageError(f"{file} has no readable entry {number}; entries count from 0")
    return found[0]


def _told(exchange: Exchange) -> Told:
    return exchange.session or "", Described.of(exchange.request)


def _lines(file: Path) -> Iterator[Told]:
    with file.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield _line(file, number, line)


def _line(file: Path, number: int, line: bytes) -> Told:
    try:
        value = orjson.loads(line)
        return str(value.get("session", "") if isinstance(value, dict) else ""), described_from(value)
    except ValueError as error:
        reason = "not JSON" if isinstance(error, orjson.JSONDecodeError) else str(error)
        raise UsageError(
            f'{file} line {number}: {reason}; a line is a request such as {{"method": "GET", "path": "/v1/x"}}'
        ) from error
