"""Reading arrival traces, and making exchanges of them."""

from __future__ import annotations

import gzip
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from bench import fidelity, traces

LLM = """TIMESTAMP,ContextTokens,GeneratedTokens
2023-11-16 18:17:03.9799600,4808,10
2023-11-16 18:17:04.0319600,31,8
"""
FUNCTIONS = "app,func,end_timestamp,duration\na,f,10.0,2.0\nb,g,9.0,8.5\n"
NASA = """host\tlogname\ttime\tmethod\turl\tresponse\tbytes
h\t-\t100\tGET\t/a.gif\t200\t1000
h\t-\t103\tGET\t/b/\t304\t-
"""


def write(folder: Path, name: str, text: str) -> Path:
    """A file of a captures folder; compressed if its name says so."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return folder


def test_a_language_model_takes_longer_for_more_tokens(tmp_path: Path) -> None:
    found = traces.azure_llm(write(tmp_path, "arrivals/azure-llm-2023/AzureLLMInferenceTrace_code.csv", LLM))
    assert found.times == pytest.approx([0.0, 0.052])
    assert found.service_ms == pytest.approx([80.0, 70.0], rel=0.9)


def test_a_function_began_its_duration_before_its_end(tmp_path: Path) -> None:
    found = traces.azure_functions(write(tmp_path, "arrivals/azure-functions-2021/Azure2021_200.csv", FUNCTIONS))
    assert found.times.tolist() == [0.0, 7.5]
    assert found.service_ms == pytest.approx([traces.LONGEST_MS, 2000.5], abs=0.5)


def test_a_log_of_whole_seconds_is_placed_inside_them(tmp_path: Path) -> None:
    found = traces.nasa(write(tmp_path, "logs/nasa-http/nasa_19950701.tsv.gz", NASA))
    assert 2.0 < found.times[1] < 4.0
    assert found.kinds == ("image", "page")


def test_the_busiest_window_is_the_earliest_of_the_best() -> None:
    times = np.array([0.0, 5.1, 5.2, 5.3, 20.1, 20.2, 20.3, 30.0])
    assert traces.busiest(times, 1.0) == (5.0, 6.0)


def test_a_trace_shorter_than_the_window_is_taken_whole() -> None:
    assert traces.busiest(np.array([0.0, 1.0]), 40.0) == (0.0, 40.0)


def test_a_window_is_driven_from_its_first_arrival_at_its_speed() -> None:
    assert fidelity.due(np.array([0.0, 10.0, 15.0, 20.0]), (10.0, 20.0), 10).tolist() == [0.0, 0.5]


def test_exchanges_keep_the_arrivals_and_differ_in_their_paths() -> None:
    arrivals = traces.built_in()
    made = list(traces.exchanges(arrivals))
    assert [item.started_us - made[0].started_us for item in made] == np.round(arrivals.times * 1e6).astype(
        int
    ).tolist()
    assert len({item.request.path for item in made}) == len(made)


def test_errors_come_in_bursts() -> None:
    states = traces.bursts(50_000, np.random.default_rng(1)).tolist()
    after = [now for last, now in pairwise(states) if last]
    assert sum(after) / len(after) == pytest.approx(0.7, abs=0.05)


def test_without_a_captures_folder_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SMARTSANDBOX_CAPTURES", str(tmp_path / "missing"))
    assert traces.captures() is None
