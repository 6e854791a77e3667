from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from smartsandbox.packs.capture.imports import (
    DUPLICATE,
    UNKNOWN_KIND,
    import_captures,
    service_name,
)
from smartsandbox.packs.capture.report import NOT_A_CAPTURE, Report
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.testing import a_request, a_response, an_exchange
from smartsandbox.packs.trace import RAW, write_trace


def har(host: str = "a.test", count: int = 1) -> str:
    def entry(number: int) -> dict[str, Any]:
        return {
            "request": {"method": "GET", "url": f"https://{host}/{number}"},
            "response": {"status": 200, "content": {"text": "x"}},
        }

    return json.dumps({"log": {"entries": [entry(number) for number in range(count)]}})


CASSETTE = """interactions:
- request: {method: GET, uri: 'https://b.test/'}
  response: {status: {code: 200}}
version: 1
"""


def test_files_and_folders_of_any_mixture_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.har").write_text(har(count=2))
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.yml").write_text(CASSETTE)
    (tmp_path / "README.md").write_text("about")
    (tmp_path / "_SUCCESS").touch()
    report = Report()
    exchanges, ledger = import_captures([tmp_path], report=report)
    assert [exchange.source.removeprefix(f"{tmp_path}/") for exchange in exchanges] == [
        "a.har#0",
        "a.har#1",
        "sub/b.yml#0",
    ]
    assert (ledger.seen, ledger.kept, ledger.notes[NOT_A_CAPTURE]) == (3, 3, 1)
    assert report.listing() == [f"1 file is not itself a capture: {tmp_path / 'README.md'}"]
    assert {exchange.service for exchange in exchanges} == {"a-test"}


def test_the_same_capture_under_two_names_counts_once(tmp_path: Path) -> None:
    for name in ("a.har", "b.har"):
        (tmp_path / name).write_text(har(count=3))
    exchanges, ledger = import_captures([tmp_path, tmp_path / "a.har"])
    assert len(exchanges) == 3
    assert ledger.dropped == {DUPLICATE: 3}


def test_the_order_of_the_arguments_does_not_matter(tmp_path: Path) -> None:
    paths = [tmp_path / "a.har", tmp_path / "b.har"]
    for path, host in zip(paths, ("x.test", "y.test"), strict=True):
        path.write_text(har(host))
    assert import_captures(paths) == import_captures(paths[::-1])


def test_a_file_that_cannot_be_read_is_one_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    good, empty, wrong = (tmp_path / name for name in ("a.har", "b.har", "c.har"))
    good.write_text(har())
    empty.touch()
    wrong.write_text("hello")
    report = Report()
    missing = tmp_path / "none.har"
    exchanges, ledger = import_captures([good, empty, wrong, missing], report=report)
    assert len(exchanges) == 1
    assert report.listing() == [
        f"{empty}: the file is empty",
        f"{wrong}: {UNKNOWN_KIND}",
        f"{missing}: no such file or directory",
    ]
    assert len(ledger.unreadable_files) == 3


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.har")
    with pytest.raises(UsageError, match="not a regular file"):
        import_captures([tmp_path / "a.har"])


def test_a_capture_without_exchanges_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.har").write_text('{"log": {"entries": []}}')
    with pytest.raises(UsageError, match=r"a\.har: holds no exchanges"):
        import_captures([tmp_path / "a.har"])


def test_several_files_that_give_nothing_end_in_one_error(tmp_path: Path) -> None:
    for name in ("a.har", "b.har"):
        (tmp_path / name).write_text("hello")
    with pytest.raises(UsageError, match="nothing could be imported from 2 files"):
        import_captures([tmp_path])
    with pytest.raises(UsageError, match="the folders hold no files"):
        import_captures([])


@pytest.mark.parametrize("name", ["", "a/b", "-x", "a b", "ü"])
def test_a_service_name_that_no_folder_could_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="service name"):
        import_captures([tmp_path], service=name)


def test_the_busiest_host_names_the_service_and_the_alphabet_breaks_ties() -> None:
    def at(*hosts: str) -> str:
        return service_name([an_exchange("e", a_request(host=host), a_response()) for host in hosts])

    assert at("b.test", "a.test", "b.test") == "b-test"
    assert at("b.test:8080", "a.test") == "a-test"
    assert at("[::1]") == "1"


def test_what_was_imported_can_be_written_as_a_trace_and_read_back(tmp_path: Path) -> None:
    (tmp_path / "a.har").write_text(har(count=3))
    exchanges, ledger = import_captures([tmp_path / "a.har"], service="shop")
    trace = write_trace(tmp_path / "trace", exchanges, RAW, ledger)
    assert list(trace.exchanges()) == exchanges
    assert trace.services == ("shop",)


def test_a_name_with_a_line_break_stays_one_line(tmp_path: Path) -> None:
    (tmp_path / "two\nlines.har").write_text("{")
    with pytest.raises(UsageError) as refused:
        import_captures([tmp_path / "two\nlines.har"])
    assert "\n" not in str(refused.value)


def test_a_packed_file_with_a_wrong_checksum_is_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "a.har.gz").write_bytes(gzip.compress(har().encode())[:-8] + bytes(8))
    with pytest.raises(UsageError, match="the gzip file is damaged or cut short"):
        import_captures([tmp_path / "a.har.gz"])


def test_a_folder_that_cannot_be_entered_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.har").write_text(har())
    (tmp_path / "closed").mkdir()
    scan = os.scandir

    def refuse(path: Any) -> Any:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    report = Report()
    exchanges, ledger = import_captures([tmp_path], report=report)
    assert len(exchanges) == 1
    assert report.lines == [f"{tmp_path}/closed: permission denied"]
    assert len(ledger.unreadable_files) == 1


def test_undated_captures_begin_where_dated_ones_beside_them_do(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(CASSETTE)
    dated = json.loads(har(count=2))
    for number, entry in enumerate(dated["log"]["entries"]):
        entry["startedDateTime"] = f"2024-05-0{number + 1}T08:00:00Z"
    (tmp_path / "b.har").write_text(json.dumps(dated))
    (tmp_path / "c.har").write_text(har("c.test", count=2))

    exchanges, _ = import_captures([tmp_path])

    first, tenth = 1_714_550_400_000_000, 100_000
    assert {exchange.source.removeprefix(f"{tmp_path}/"): exchange.started_us - first for exchange in exchanges} == {
        "a.yml#0": 0,
        "b.har#0": 0,
        "b.har#1": 86_400_000_000,
        "c.har#0": tenth,
        "c.har#1": 2 * tenth,
    }
