"""Records taken out of files by hand, and what stays stays byte for byte."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from smartsandbox.packs.capture import READERS
from smartsandbox.packs.capture.gor import END
from smartsandbox.packs.capture.record_removal import without_log_lines
from smartsandbox.packs.capture.removal import without_entries
from smartsandbox.packs.capture.report import Report

MARK = END.decode()


def asked(number: str, name: str) -> str:
    return f"1 {number} 1700000000000000000\nGET /v1/things/{name} HTTP/1.1\r\nHost: a.test\r\n\r\n{MARK}"


def answered(number: str, text: str, kind: int = 2) -> str:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n\r\n"
    return f"{kind} {number} 1700000000100000000\n{head}{text}{MARK}"


def line(name: str) -> str:
    return f'192.0.2.1 - - [02/Mar/2026:10:00:00 +0000] "GET /v1/things/{name} HTTP/1.1" 200 12\n'


W3C = "#Version: 1.0\n#Fields: date time cs-method cs-uri-stem sc-status\n"


def row(name: str) -> str:
    return f"2026-03-02 10:00:00 GET /v1/things/{name} 200\n"


GOR = [asked("a1", "one"), answered("a1", "x"), asked("b2", "two"), asked("c3", "three"), answered("b2", "y")]
CASES = {
    "an answer goes with its request": ("gor", GOR, {1}, [0, 1, 3]),
    "a request goes for what its answer says": ("gor", [*GOR, answered("c3", "z ann")], set(), [0, 1, 2, 4]),
    "answers of replays go too": ("gor", [*GOR, answered("a1", "x", 3)], {0}, [2, 3, 4]),
    "an id that comes again is a pair": ("gor", [*GOR, asked("a1", "z"), answered("a1", "w")], {3}, [0, 1, 2, 3, 4]),
    "damage goes for what it says": ("gor", [*GOR, f"ann{MARK}"], set(), [0, 1, 2, 3, 4]),
    "lines": ("access log", [line("one"), "\n", line("two"), line("three")], {1}, [0, 1, 3]),
    "a line that names the person": ("access log", [line("one"), line("ann")], set(), [0]),
    "no lines but those": ("access log", [line("one"), line("two")], {0, 1}, []),
    "directives stay and are not counted": ("access log", [W3C, row("one"), row("two"), W3C, row("three")],
                                            {2}, [0, 1, 2, 3]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_records_go_and_no_other_byte_does(case: str, tmp_path: Path) -> None:
    kind, parts, unwanted, left = CASES[case]
    file = tmp_path / "c"
    file.write_text("".join(parts), newline="")
    rest = without_entries(file, kind, set(unwanted), lambda text: "ann" in text)
    assert rest is not None
    assert rest.decode() == "".join(parts[at] for at in left)


def test_lines_of_no_text_in_utf8_keep_their_bytes(tmp_path: Path) -> None:
    file = tmp_path / "access.log"
    latin = line("caf\xe9").encode("latin-1")
    file.write_bytes(line("one").encode() + latin)
    assert without_entries(file, "access log", {0}, lambda text: False) == latin


def test_flows_go_and_a_packed_file_stays_packed(tmp_path: Path) -> None:
    flow = pytest.importorskip("mitmproxy.test.tflow").tflow
    from mitmproxy.io import FlowWriter

    stream = io.BytesIO()
    ends = []
    for _ in range(3):
        FlowWriter(stream).add(flow(resp=True))
        ends.append(stream.tell())
    data = stream.getvalue()
    file = tmp_path / "c.mitm"
    file.write_bytes(gzip.compress(data))
    rest = without_entries(file, "flows", {1}, lambda text: False)
    assert rest is not None
    assert gzip.decompress(rest) == data[: ends[0]] + data[ends[1] :]
    file.write_bytes(rest)
    assert len(list(READERS["flows"](file, Report()))) == 2
    file.write_bytes(data[:-5])
    assert without_entries(file, "flows", {1}, lambda text: False) is None


def test_comments_among_the_lines_of_a_log_are_no_records() -> None:
    log = "# head\none\n# between\n\x85two\nthree".encode()
    assert without_log_lines(log, {1}, lambda text: False) == b"# head\none\n# between\nthree"


def test_a_log_that_is_one_list_is_not_cut() -> None:
    assert without_log_lines(b'[{"a": "\xff"}]', {0}, lambda text: False) is None
    assert without_log_lines(b'[\n{"a": 1},\n{"a": 2}\n]', {0}, lambda text: False) is None
