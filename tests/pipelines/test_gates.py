from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from smartsandbox.packs.certificate import CERTIFICATE_FILE, SafeTrace, write_certified
from smartsandbox.packs.model import Ledger
from smartsandbox.packs.testing import (
    a_request,
    a_response,
    an_exchange,
    certified_trace,
    hand_made_verdicts,
    make_pack,
    with_endpoints,
)
from smartsandbox.packs.trace import RAW, write_trace
from smartsandbox.pipelines.gates import findings, ledger_gate, pack_gate, privacy_gate, replay_findings, replay_gate
from smartsandbox.replay_engine.self_replay import SelfReplay

ITEMS = [an_exchange(f"e{n}", a_request(target=f"/v1/items/{n}"), a_response(json={"n": n}), at_us=n) for n in range(5)]


def as_anonymised(folder: Path) -> SafeTrace:
    """A certified trace whose certificate says that it was made with a key nobody has."""
    safe = certified_trace(folder, ITEMS)
    write_certified(folder, replace(safe.certificate, anonymised=True, verdicts=hand_made_verdicts()))
    return SafeTrace.open(folder)


def raw_trace(folder: Path, kept: int) -> Path:
    write_trace(folder, with_endpoints(ITEMS), RAW, Ledger(kept=kept))
    return folder


def edit_meta(folder: Path, **changes: object) -> None:
    meta = orjson.loads((folder / "trace.json").read_bytes())
    (folder / "trace.json").write_bytes(orjson.dumps({**meta, **changes}))


def test_a_balanced_ledger_opens_the_gate(tmp_path: Path) -> None:
    assert findings(ledger_gate, raw_trace(tmp_path / "raw", kept=5)) == []


def test_a_ledger_that_kept_another_number_closes_it(tmp_path: Path) -> None:
    assert findings(ledger_gate, raw_trace(tmp_path / "raw", kept=6)) == ["6 were kept, but the trace holds 5"]


def test_a_ledger_whose_sums_disagree_closes_it(tmp_path: Path) -> None:
    folder = raw_trace(tmp_path / "raw", kept=5)
    edit_meta(folder, ledger={"seen": 9, "kept": 5, "dropped": {"x": 3}, "unreadable_files": {}, "notes": {}})
    assert findings(ledger_gate, folder) == ["9 were seen, but 5 kept and 3 dropped"]


def test_rows_that_changed_since_close_it(tmp_path: Path) -> None:
    folder = raw_trace(tmp_path / "raw", kept=5)
    edit_meta(folder, digest="0" * 64)
    assert findings(ledger_gate, folder) == ["the rows do not have the digest that trace.json names"]


def test_a_certified_trace_opens_the_privacy_gate(tmp_path: Path) -> None:
    assert findings(privacy_gate, as_anonymised(tmp_path / "safe").trace.path) == []


def test_a_raw_trace_does_not(tmp_path: Path) -> None:
    (line,) = findings(privacy_gate, raw_trace(tmp_path / "raw", kept=5))
    assert "is a raw trace" in line


def test_a_trace_made_with_a_test_key_does_not(tmp_path: Path) -> None:
    certified_trace(tmp_path / "safe", ITEMS)
    (line,) = findings(privacy_gate, tmp_path / "safe")
    assert "made with a test key" in line


def test_a_trace_without_its_certificate_does_not(tmp_path: Path) -> None:
    as_anonymised(tmp_path / "safe")
    (tmp_path / "safe" / CERTIFICATE_FILE).unlink()
    assert len(findings(privacy_gate, tmp_path / "safe")) == 1


def test_a_failed_verdict_does_not(tmp_path: Path) -> None:
    safe = as_anonymised(tmp_path / "safe")
    verdict = replace(safe.certificate.verdicts[0], passed=False)
    replace(safe.certificate, verdicts=(verdict,)).write(tmp_path / "safe" / CERTIFICATE_FILE)
    (line,) = findings(privacy_gate, tmp_path / "safe")
    assert "did not pass" in line


def test_a_pack_from_a_test_key_is_held_back(tmp_path: Path) -> None:
    make_pack(tmp_path, ITEMS)
    (line,) = findings(pack_gate, tmp_path / "pack")
    assert "made with a test key" in line


def test_a_pack_whose_file_changed_is_held_back(tmp_path: Path) -> None:
    make_pack(tmp_path, ITEMS)
    with (tmp_path / "pack/exchanges.parquet").open("ab") as file:
        file.write(b"\0")
    (line,) = findings(pack_gate, tmp_path / "pack")
    assert "exchanges.parquet was changed" in line


@pytest.mark.parametrize("error", [OSError("secret"), ValueError("secret")])
def test_what_cannot_be_read_is_a_finding_without_the_error_text(tmp_path: Path, error: Exception) -> None:
    def gate(folder: Path) -> Iterator[str]:
        yield "one thing"
        raise error

    assert findings(gate, tmp_path) == ["one thing", f"unreadable ({type(error).__name__})"]


@pytest.mark.slow
def test_a_pack_that_answers_as_recorded_opens_the_replay_gate(tmp_path: Path) -> None:
    make_pack(tmp_path, ITEMS)
    assert findings(replay_gate, tmp_path / "pack") == []


def test_a_replay_with_differences_names_their_kinds_and_where_to_look() -> None:
    found = list(replay_findings(SelfReplay(9, 7, {"body": 2}, ("e3", "e4"))))
    assert found == [
        "7 of 9 exchanges came back as recorded; what differs: body 2",
        "exchanges to look at first: e3, e4",
    ]
