"""The generator gives the same traffic everywhere, its policy covers it, and the summary keeps its promise."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from bench import anonymize, anonymize_captured
from bench.payments import SESSION, Traffic
from bench.table import json_line
from smartsandbox.anonymize.collect import collect
from smartsandbox.anonymize.policy_file import read_policy


def test_an_exchange_is_a_function_of_its_number_alone() -> None:
    few, more = list(Traffic(50, people=20).exchanges()), list(Traffic(90, people=20).exchanges())
    assert few == more[:50]
    assert [exchange.order for exchange in more] == sorted(exchange.order for exchange in more)


@pytest.mark.slow
def test_what_grows_is_traffic_and_not_people() -> None:
    lanes = [list(Traffic(n * SESSION * 100, people=10).exchanges()) for n in (1, 2)]
    people = [{one.request.body for one in lane if one.request.path == "/v1/sessions"} for lane in lanes]
    assert [len({json.loads(body)["email"] for body in bodies}) for bodies in people] == [10, 10]
    assert [len({one.session for one in lane}) for lane in lanes] == [100, 200]


@pytest.mark.slow
def test_the_policy_decides_every_leaf() -> None:
    found = collect(Traffic(SESSION * 100, people=8).exchanges(), read_policy(anonymize.POLICY))
    assert (found.missing, found.unmatched) == (set(), 0)
    assert found.subjects.table().population == 8


@pytest.mark.slow
def test_a_run_counts_the_leaves_that_presidio_would_get(tmp_path: Path) -> None:
    anonymize.write(1000, tmp_path / "raw")
    assert anonymize.anonymise(tmp_path / "raw")["values"] == len(list(anonymize.leaf_values(tmp_path / "raw", 1000)))


def test_the_table_tells_the_passes_from_the_certification_and_gives_the_whole() -> None:
    run = {"exchanges": 10_000, "values": 300_000, "seconds": 10.0, "seconds_passes": 4.0, "peak_bytes": 5e8}
    text = anonymize.table_of({10_000: run}, {"values": 3000, "seconds": 3.0}).text()
    rates = {
        part: next(line.split()[-3:] for line in text.splitlines() if part in line) for part in anonymize.parts(run)
    }
    assert rates["two passes, writing"][-2:] == ["75,000", "75.0"]
    assert rates["certification"][-2:] == ["50,000", "50.0"]
    assert rates["whole run"] == ["30,000", "30.0", "477"]


def test_the_clock_stops_at_the_first_reading_of_the_written_trace() -> None:
    clock = anonymize.UntilChecked()
    assert list(clock(iter("ab"), "rewriting", 2)) == ["a", "b"]
    assert clock.at is None
    clock([], "checking", 0)
    first = clock.at
    clock([], "checking", 0)
    assert first is not None
    assert clock.at == first


def test_the_summary_has_the_promised_keys_and_is_null_where_a_size_was_left_out() -> None:
    run = {"exchanges": 10_000, "values": 300_000, "seconds": 10.0, "seconds_passes": 4.0, "peak_bytes": 5e8}
    line = json.loads(json_line(anonymize.KEYS, anonymize.summary({10_000: run}, {"values": 3000, "seconds": 3.0})))
    assert line == {
        "ratio_to_presidio": 75, "peak_bytes_10k": 5e8, "peak_bytes_1m": None, "exchanges_per_cpu_s": 1000
    }  # fmt: skip


def test_a_size_that_ends_early_is_a_note_and_not_a_figure() -> None:
    def job(count: int) -> dict[str, float]:
        if count == 2:
            raise subprocess.TimeoutExpired("bench", 1)
        if count == 3:
            raise subprocess.CalledProcessError(1, "bench")
        return {"exchanges": count}

    runs, notes = anonymize.measured((1, 2, 3), job)
    assert list(runs) == [1]
    assert [note.split(":")[0] for note in notes] == ["2 exchanges", "3 exchanges"]


def test_a_capture_is_held_against_presidio_on_its_own_leaves() -> None:
    run, peer = {"exchanges": 2000.0, "values": 120_000.0, "seconds_passes": 4.0}, {"values": 3000.0, "seconds": 2.0}
    rows = anonymize_captured.table_of(run, peer).text().splitlines()
    assert next(row.split()[-2:] for row in rows if "2,000" in row) == ["30,000", "20.0"]
