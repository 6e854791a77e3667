"""What the JSON lines promise, and how they follow from the runs."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from bench import __main__ as command
from bench import captured, drive, fidelity, leaks, serve, servers
from bench.load import Point
from bench.stats import Lateness


def server(name: str, gets: int, cpu: float, rps: float = 1000.0, loaded: int = 0) -> servers.Server:
    """A server with one GET and one POST point."""
    point = Point(rps, 1.0, 2.0, cpu, 0, 0.0)
    return servers.Server(name, gets, "", 1, 0.5, 0, {"get": [point], "post": [point]}, loaded)


def test_serving_promises_its_keys_even_where_nothing_was_measured() -> None:
    assert serve.figures([]).keys() == set(serve.KEYS)
    assert set(serve.figures([]).values()) == {None}


def test_costs_are_compared_with_nginx_and_between_sizes() -> None:
    servers = [
        server("smartsandbox", 20_000, 2.0),
        server("nginx", 20_000, 1.0),
        server("smartsandbox", 1_000, 2.0, loaded=100_000_000),
        server("smartsandbox", 1_000_000, 2.2, loaded=1_100_000_000),
    ]
    found = serve.figures(servers)
    assert found["get_cpu_vs_nginx"] == 2.0
    assert found["cpu_1m_vs_1k"] == pytest.approx(1.1)
    assert found["start_s_1m"] == 0.5
    assert found["bytes_per_exchange"] == pytest.approx(1e9 / 1_000_900)
    assert found["rps_vs_wiremock_20k"] is None


def test_throughput_is_compared_with_our_own_of_the_same_turns() -> None:
    servers = [
        server("smartsandbox", 20_000, 2.0, rps=50.0),
        server("smartsandbox", 20_000, 2.0, rps=300.0),
        server("wiremock", 20_000, 90.0, rps=3.0),
    ]
    assert serve.figures(servers)["rps_vs_wiremock_20k"] == 100.0


def ran(name: str, rate: int, cpu: float, p99: float) -> drive.Ran:
    """A run of 100 requests."""
    return drive.Ran(name, rate, 100, Lateness(0.1, p99, 1.0, float(rate)), None, None, cpu, None, 0.0)


def test_driving_promises_its_keys_even_where_nothing_was_measured() -> None:
    assert drive.figures([], []).keys() == set(drive.KEYS)


def test_lateness_is_the_median_of_runs_and_cpu_that_of_the_compared_ones() -> None:
    held = [ran("smartsandbox", 1_000, 1.0, p99) for p99 in (0.2, 0.9, 0.3)]
    compared = [ran("smartsandbox", 5_000, 8.0, 0.1), ran("k6", 5_000, 16.0, 9.0)]
    found = drive.figures(held, compared)
    assert found["late_p99_ms_1k"] == 0.3
    assert found["late_p99_ms_5k"] is None
    assert found["cpu_vs_k6_5k"] == 0.5
    assert found["cpu_vs_locust_5k"] is None


def test_fidelity_reports_the_worst_of_its_runs() -> None:
    shapes = [
        fidelity.Shape(0.01, 0.0, 0.0, float("nan"), 0.0, 1.0),
        fidelity.Shape(0.02, 0.0, 0.0, 0.03, 0.0, 0.5),
    ]
    found = fidelity.figures(shapes, [captured.Matched("x", 4, 3, "body 1")])
    assert found == {
        "interarrival_ks": 0.02,
        "qps_error": 0.0,
        "duration_error": 0.0,
        "latency_ks_max": 0.03,
        "error_run_ks": 0.0,
        "self_replay_matches": 0.5,
    }


def test_a_run_of_few_requests_is_not_judged_by_distances() -> None:
    few = fidelity.Shape(0.5, 0.0, 0.0, 0.0, 0.0, 1.0, requests=fidelity.FEW - 1)
    assert fidelity.figures([few], [])["interarrival_ks"] is None


def test_fidelity_promises_its_keys_even_where_nothing_was_measured() -> None:
    assert fidelity.figures([], []).keys() == set(fidelity.KEYS)


def test_an_unknown_benchmark_is_a_mistake_of_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["speed"]) == 2
    assert "usage: python -m bench serve|drive|fidelity" in capsys.readouterr().err


def test_the_leak_scan_promises_its_keys_even_where_nothing_was_measured() -> None:
    assert leaks.figures({}) == dict.fromkeys(leaks.KEYS)
    assert leaks.figures({"1m": {"build_s": 2.0}})["build_s_1m"] == 2.0


def test_invented_values_are_the_same_whenever_they_are_read_and_in_no_text() -> None:
    values = leaks.Invented(500)
    assert list(values) == list(values)
    assert len(set(values)) == 500
    assert not any(value.encode() in leaks.json_text(60_000) for value in values)


def test_drawn_latency_is_held_against_all_that_was_recorded_at_its_endpoint() -> None:
    n = fidelity.FEW
    recorded = pa.table(
        {"endpoint": ["a"] * n + ["b"] * n, "total_us": [*range(n), *range(n)], "status": [200, 500] * n}
    )
    shifted = [at / 1e6 for at in range(n)] + [(at + 20) / 1e6 for at in range(n)]
    outcomes = pa.table(
        {"endpoint": ["a"] * n + ["b"] * n, "dispatched": [0.0] * 2 * n, "finished": shifted, "status": [200, 500] * n}
    )
    latency, errors = fidelity.against_recorded(recorded, outcomes)

    assert latency == pytest.approx(0.2, abs=0.011)
    assert np.isnan(errors)  # fifty runs an endpoint are too few to judge
