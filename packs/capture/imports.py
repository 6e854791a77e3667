"""Importing captures: any mixture of files and folders in, exchanges and their ledger out.

A file or entry that cannot be read costs itself only. Everything seen is counted: kept, or dropped with its reason.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from smartsandbox.packs.capture import READERS
from smartsandbox.packs.capture.detect import sniff
from smartsandbox.packs.capture.folders import Candidate, candidates
from smartsandbox.packs.capture.header_lines import one_line
from smartsandbox.packs.capture.moments import EPOCH_US
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.errors import SandboxError, UnreadableError, UsageError
from smartsandbox.packs.model import Exchange, Ledger
from smartsandbox.packs.progress import Track, silent

DUPLICATE = "duplicate of an entry already imported"
FILES_READ = "files read"
NO_EXCHANGES = "holds no exchanges"
UNKNOWN_KIND = "not a HAR, a mitmproxy flow file, a VCR cassette, a GoReplay file, WireMock mappings or an access log"
CAPTURES = "HAR, mitmproxy flow, VCR cassette, GoReplay or WireMock files, or access logs"

# In a folder, only a file that calls itself a capture is worth a line when it is none.
_CAPTURE_NAMES = (".har", ".mitm", ".flow", ".flows", ".har.gz", ".mitm.gz")
_SERVICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def import_captures(
    paths: Sequence[Path], service: str | None = None, track: Track = silent, report: Report | None = None
) -> tuple[list[Exchange], Ledger]:
    """Read every capture under `paths`; the exchanges come file by file in order of name.

    `service` names them all; without it, the host with the most exchanges does. Lines about what fell out gather in
    `report`. Raises UsageError if nothing at all could be read.
    """
    if service is not None and not _SERVICE.fullmatch(service):
        raise UsageError("the service name may hold letters, digits, '.', '_' and '-' only, 100 at most")
    report = report or Report()
    files = candidates(paths)
    exchanges: list[Exchange] = []
    seen: set[str] = set()
    for file in track(files, "reading captures", len(files)):
        for exchange in _read(file, report):
            if exchange.id in seen:
                report.ledger.drop(DUPLICATE)
                continue
            seen.add(exchange.id)
            report.ledger.keep()
            exchanges.append(exchange)
    if not exchanges:
        raise _nothing(files, report)
    name, later = service or service_name(exchanges), _shift(exchanges, report.undated)
    return [_settled(exchange, name, later, report.undated) for exchange in exchanges], report.ledger


def _settled(exchange: Exchange, service: str, later: int, undated: set[str]) -> Exchange:
    moved = later if exchange.id in undated else 0
    return replace(exchange, service=service, started_us=exchange.started_us + moved)


def _shift(exchanges: Sequence[Exchange], undated: set[str]) -> int:
    """By how many microseconds undated exchanges come later, so that they begin where dated ones beside them do."""
    known = [exchange.started_us for exchange in exchanges if exchange.id not in undated]
    return min(known) - EPOCH_US if known and undated else 0


def service_name(exchanges: Sequence[Exchange]) -> str:
    """The host with the most exchanges, the first by alphabet among equals, as a slug ("api-example-com")."""
    hosts = Counter(exchange.request.host for exchange in exchanges)
    host = min(hosts, key=lambda name: (-hosts[name], name))
    return re.sub(r"[^a-z0-9]+", "-", host).strip("-")[:100] or "service"


def _read(file: Candidate, report: Report) -> list[Exchange]:
    """What one file gives, with all that goes wrong written to the report."""
    report.place = one_line(file.name)
    found: list[Exchange] = []
    dropped = report.ledger.seen
    try:
        kind = _kind(file)
        if kind is None:
            _not_a_capture(file, report)
            return found
        for exchange in READERS[kind](file.path, report):
            found.append(exchange)
    except UnreadableError as error:
        report.drop_file(error.reason)
        return found
    except UsageError:
        raise
    except OSError as error:
        report.drop_file(error.strerror.lower() if error.strerror else "cannot be read")
        return found
    except (MemoryError, RecursionError, ValueError) as error:
        report.drop_file(f"cannot be read ({type(error).__name__})")
        return found
    report.note(FILES_READ)
    if not found and report.ledger.seen == dropped:
        report.remark(NO_EXCHANGES)
    return found


def _kind(file: Candidate) -> str | None:
    if file.path.is_dir():
        os.scandir(file.path).close()  # it could not be entered: the OSError says why
    if file.path.exists() and not file.path.is_file():
        raise UnreadableError(file.name, "not a regular file")
    return sniff(file.path)


def _not_a_capture(file: Candidate, report: Report) -> None:
    if not file.given and not file.name.lower().endswith(_CAPTURE_NAMES):
        report.pass_over()
    elif file.path.stat().st_size == 0:
        report.drop_file("the file is empty")
    else:
        report.drop_file(UNKNOWN_KIND)


def _nothing(files: Sequence[Candidate], report: Report) -> SandboxError:
    if len(files) == 1 and len(report.lines) == 1:
        return UsageError(report.lines[0])
    if not files:
        return UsageError(f"nothing to import: the folders hold no files; give {CAPTURES}")
    return UsageError(
        f"nothing could be imported from {len(files)} {'file' if len(files) == 1 else 'files'}: give {CAPTURES}"
    )
