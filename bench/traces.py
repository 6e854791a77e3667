"""Arrival traces that nobody here made, as exchanges: when requests came is theirs, all else is invented.

Latencies follow the work that a trace states (tokens, bytes, durations) with a seeded spread, so that they lie on no
grid, of which a shift by a microsecond would show as a large distance. Errors come in seeded bursts. Paths, bodies and
names are invented; no value of a captured log is kept.
"""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.stats import Floats
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.testing import a_request, a_response, an_exchange

SEED = 20_231_116
LONGEST_MS = 5_000.0
"""Longer service times are cut, so that a run of a window ends soon after it."""
_BURST = (0.01, 0.7)
"""P(error) after a success and after an error."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """When requests came, ascending seconds from the first; how long each took, in ms; which kind each was."""

    name: str
    times: Floats
    service_ms: Floats
    kinds: tuple[str, ...]
    note: str = ""


def captures() -> Path | None:
    """$SMARTSANDBOX_CAPTURES, else `shared/captures` beside the checkout; None if there is no such folder."""
    named = os.environ.get("SMARTSANDBOX_CAPTURES")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "captures"
    return folder if folder.is_dir() else None


def azure_llm(folder: Path) -> Arrivals:
    """Requests to a language model: times to 100 ns, and a service time that grows with the tokens generated."""
    rows = _table(folder / "arrivals/azure-llm-2023/AzureLLMInferenceTrace_code.csv")
    begun = datetime.fromisoformat(rows[0]["TIMESTAMP"][:26])
    times = np.array([(datetime.fromisoformat(row["TIMESTAMP"][:26]) - begun).total_seconds() for row in rows])
    spread = np.random.default_rng(SEED).lognormal(0.0, 0.3, len(rows))
    work = np.array([30.0 + 5.0 * int(row["GeneratedTokens"]) for row in rows]) * spread
    return _ordered("azure-llm-2023", times, work, ["completion"] * len(rows))


def azure_functions(folder: Path) -> Arrivals:
    """Invocations of functions: the start is the end less the duration."""
    rows = _table(folder / "arrivals/azure-functions-2021/Azure2021_200.csv")
    took = np.array([float(row["duration"]) for row in rows])
    ended = np.array([float(row["end_timestamp"]) for row in rows])
    work = took * 1000 + np.random.default_rng(SEED).random(len(rows))  # its clock counts milliseconds
    return _ordered("azure-functions-2021", ended - took, work, ["function"] * len(rows))


def nasa(folder: Path) -> Arrivals:
    """A web server's log of 1995. Its clock counts seconds; a seeded draw places each request inside its second."""
    with gzip.open(folder / "logs/nasa-http/nasa_19950701.tsv.gz", "rt", errors="replace") as text:
        rows = [line.rstrip("\n").split("\t") for line in text][1:]
    draw = np.random.default_rng(SEED)
    times = np.array([float(row[2]) for row in rows]) + draw.random(len(rows))
    sizes = np.array([float(row[6]) if row[6].isdecimal() else 0.0 for row in rows])
    work = (12.0 + sizes / 1000) * draw.lognormal(0.0, 0.4, len(rows))
    kinds = ["image" if row[4].lower().endswith((".gif", ".xbm", ".jpg")) else "page" for row in rows]
    return _ordered("nasa-http", times, work, kinds, "1 s clock: placed inside each second by a seeded draw")


def built_in() -> Arrivals:
    """A seeded bursty trace, for machines without captures: a Poisson process that switches between two rates."""
    draw = np.random.default_rng(SEED)
    fast = np.repeat(draw.random(400) < 0.3, 50)
    times = np.cumsum(draw.exponential(np.where(fast, 0.01, 0.2)))
    work = 20.0 * draw.lognormal(0.0, 0.5, len(times))
    return _ordered("built-in bursts", times, work, ["item"] * len(times), "seeded, not recorded")


READERS: dict[str, Callable[[Path], Arrivals]] = {
    "azure-llm-2023": azure_llm,
    "nasa-http": nasa,
    "azure-functions-2021": azure_functions,
}


def _table(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text().splitlines()))


def _ordered(name: str, times: Floats, work: Floats, kinds: list[str], note: str = "") -> Arrivals:
    order = np.argsort(times, kind="stable")
    ordered = times[order] - times[order[0]]
    cut = np.minimum(work[order], LONGEST_MS)
    return Arrivals(name, ordered, cut, tuple(kinds[at] for at in order.tolist()), note)


def busiest(times: Floats, seconds: float) -> tuple[float, float]:
    """The window [start, start + seconds) with the most arrivals, from a whole second; the earliest of the best."""
    starts = np.arange(max(1, int(times[-1] - seconds) + 1), dtype=np.float64)
    counts = np.searchsorted(times, starts + seconds) - np.searchsorted(times, starts)
    start = float(starts[int(np.argmax(counts))])
    return start, start + seconds


def bursts(count: int, draw: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Errors in runs: a two-state chain with the chances in _BURST."""
    chances, wrong, states = draw.random(count), False, np.zeros(count, np.bool_)
    for at in range(count):
        wrong = bool(chances[at] < _BURST[wrong])
        states[at] = wrong
    return states


def exchanges(arrivals: Arrivals) -> Iterator[Exchange]:
    """Each arrival as a GET of a path of its own, in no session."""
    errors = bursts(len(arrivals.times), np.random.default_rng(SEED)).tolist()
    took = (arrivals.service_ms * 1000).astype(int).tolist()
    for number, at_us in enumerate(np.round(arrivals.times * 1e6).astype(int).tolist()):
        kind, wrong = arrivals.kinds[number], errors[number]
        answer = {"number": number, "kind": kind, "error": wrong}
        yield an_exchange(
            f"x{number:06d}",
            a_request("GET", f"/v1/{kind}s/{number:06d}"),
            a_response(503 if wrong else 200, json=answer, reason="Service Unavailable" if wrong else "OK"),
            at_us=at_us,
            session=None,
            ttfb_us=min(took[number], 20_000),
            total_us=took[number],
            endpoint=f"GET /v1/{kind}s/{{{kind}_id}}",
        )
