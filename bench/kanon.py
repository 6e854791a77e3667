"""How good and how large the k-anonymity methods are, on public data and in one run: `make bench-kanon`.

Adult comes from the captures folder (SMARTSANDBOX_CAPTURES, or ../shared/captures beside the repository). NCP is the
mean over records and attributes of the share of the domain that a class covers. Memory is the peak of a child process
that codes 1,000,000 rows of text by 5 quasi-identifiers and makes them 5-anonymous.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.table import ABSENT, Table

K = 5
MILLION = 1_000_000
SEED = 20260301
PUBLISHED_NCP = {5: 0.067, 10: 0.096, 100: 0.244}
"""Mondrian on Adult as kaylode/k-anonymity publishes it."""
PUBLISHED_OPTIMA = {"k5_s4": 255559.854557, "k5_s0": 407289.538893}
"""Monotone non-uniform entropy of the optima that the tests of ARX hold."""
PEERS = ("pycanon", "anjana")


def adult_folder() -> Path:
    """Where Adult and its hierarchies are. Ends the program with one line where they are not."""
    beside = Path(__file__).resolve().parents[1].parent / "shared" / "captures"
    folder = Path(os.environ.get("SMARTSANDBOX_CAPTURES", beside)) / "tabular" / "arx"
    if not (folder / "adult.csv").is_file():
        sys.exit("no Adult table: set SMARTSANDBOX_CAPTURES to the folder that holds tabular/arx/adult.csv")
    return folder


def people(rows: int) -> dict[str, list[str]]:
    """Invented quasi-identifiers of uneven frequency, the same on every machine."""
    import numpy as np

    draw = np.random.default_rng(SEED)
    ranks = {name: np.minimum(draw.exponential(size / 5, rows).astype(int), size - 1) for name, size in SIZES.items()}
    return {name: [str(code) for code in codes.tolist()] for name, codes in ranks.items()}


SIZES = {"birth_day": 25_000, "postcode": 9_000, "sex": 2, "country": 60, "occupation": 100}
TENS = {"birth_day": 6, "postcode": 5, "sex": 2, "country": 3, "occupation": 3}
"""Levels of each hierarchy; each level drops one more digit, the last one all."""


def million_rows(method: str) -> None:
    """In a child: print the classes, the loss, the seconds and the peak bytes of one method as JSON."""
    started = time.process_time()
    classes, loss = MILLION_METHODS[method](people(MILLION))
    seconds = time.process_time() - started
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(json.dumps({"classes": classes, "ncp": loss, "seconds": seconds, "peak_bytes": peak}))


def _million_mondrian(columns: dict[str, list[str]]) -> tuple[int, float]:
    from smartsandbox.anonymize.kanon.guided import guided_mondrian
    from smartsandbox.anonymize.kanon.measures import ncp
    from smartsandbox.anonymize.kanon.table import Column
    from smartsandbox.anonymize.kanon.table import Table as People

    table = People(tuple(Column.numeric(name, values) for name, values in columns.items()))
    labels = guided_mondrian(table, K)
    return int(labels.max()) + 1, ncp(table, labels)


def _million_fulldomain(columns: dict[str, list[str]]) -> tuple[int, float]:
    from smartsandbox.anonymize.criteria import KAnonymity
    from smartsandbox.anonymize.kanon.blame import require_optimum
    from smartsandbox.anonymize.kanon.fulldomain import Problem
    from smartsandbox.anonymize.kanon.hierarchy import Hierarchy
    from smartsandbox.anonymize.kanon.losses import NonUniformEntropy
    from smartsandbox.anonymize.kanon.measures import ncp
    from smartsandbox.anonymize.kanon.table import Column
    from smartsandbox.anonymize.kanon.table import Table as People

    def ladder(name: str, value: int) -> list[str]:
        steps = range(1, TENS[name] - 1)
        return [str(value), *(f"{value // 10**step}{'x' * step}" for step in steps), "*"]

    table = People(tuple(Column.numeric(name, values) for name, values in columns.items()))
    hierarchies = [Hierarchy.of(name, [ladder(name, value) for value in range(size)]) for name, size in SIZES.items()]
    found = require_optimum(Problem.of(table, hierarchies, [KAnonymity(K)], NonUniformEntropy(), 0.04))
    return found.published_classes, ncp(table, found.labels)


MILLION_METHODS: dict[str, Callable[[dict[str, list[str]]], tuple[int, float]]] = {
    "mondrian": _million_mondrian,
    "fulldomain": _million_fulldomain,
}


def measured_in_a_child(method: str) -> dict[str, float]:
    """Run `million_rows` in a process of its own. Raises CalledProcessError if it fails."""
    command = [sys.executable, "-m", "bench.kanon", "--million", method]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
    report: dict[str, float] = json.loads(done.stdout)
    return report


def ncp_on_adult() -> Iterator[tuple[int, float, int]]:
    """k, NCP and the number of classes."""
    from smartsandbox.anonymize.kanon.delimited import read_columns, read_hierarchy
    from smartsandbox.anonymize.kanon.guided import guided_mondrian
    from smartsandbox.anonymize.kanon.measures import ncp
    from smartsandbox.anonymize.kanon.table import Column
    from smartsandbox.anonymize.kanon.table import Table as People

    folder = adult_folder()
    raw = read_columns(folder / "adult.csv")
    columns = {n: read_hierarchy(folder / f"adult_hierarchy_{n}.csv", n).column(v) for n, v in raw.items()}
    columns["age"] = Column.numeric("age", raw["age"])
    table = People(tuple(column for name, column in columns.items() if name != "salary-class"))
    for k in PUBLISHED_NCP:
        labels = guided_mondrian(table, k)
        yield k, ncp(table, labels), int(labels.max()) + 1


def optimum_on_adult(suppression_limit: float) -> tuple[float, int, str]:
    """The loss of the optimum for k=5, its classes, and what was found in words."""
    from smartsandbox.anonymize.criteria import KAnonymity
    from smartsandbox.anonymize.kanon.blame import require_optimum
    from smartsandbox.anonymize.kanon.delimited import read_columns, read_hierarchy
    from smartsandbox.anonymize.kanon.fulldomain import Problem
    from smartsandbox.anonymize.kanon.losses import NonUniformEntropy
    from smartsandbox.anonymize.kanon.table import Table as People

    folder = adult_folder()
    raw = read_columns(folder / "adult.csv")
    hierarchies = [read_hierarchy(folder / f"adult_hierarchy_{name}.csv", name) for name in raw]
    table = People(tuple(h.column(values) for h, values in zip(hierarchies, raw.values(), strict=True)))
    found = require_optimum(Problem.of(table, hierarchies, [KAnonymity(K)], NonUniformEntropy(), suppression_limit))
    levels = ",".join(map(str, found.levels))
    words = f"levels {levels}, {found.outliers} outliers, {found.checks} of {found.nodes} nodes checked"
    return round(found.loss, 6), found.classes, words


def measure(table: Table) -> dict[str, float]:
    """Measure everything into the table; returns what the JSON line holds."""
    peaks = [_add_million(table, method) for method in MILLION_METHODS]
    values: dict[str, float] = {}
    for k, loss, classes in ncp_on_adult():
        values[f"ncp_k{k}"] = round(loss, 6)
        table.add(f"NCP Adult k={k}, Mondrian", f"{loss:.4f}", f"{PUBLISHED_NCP[k]}", f"{classes:,}")
    for limit, key in ((0.04, "k5_s4"), (0.0, "k5_s0")):
        loss, classes, words = optimum_on_adult(limit)
        values[f"optimum_{key}"] = loss
        table.add(f"entropy Adult k=5, {limit:.0%} suppressed", f"{loss}", f"{PUBLISHED_OPTIMA[key]}", f"{classes:,}")
        table.notes.append(f"k=5 at {limit:.0%}: {words}")
    for peer in PEERS:
        table.add(f"peer {peer}", "present" if importlib.util.find_spec(peer) else ABSENT)
    return values | {"rows_1m_peak_bytes": max(peaks)}


def _add_million(table: Table, method: str) -> int:
    found = measured_in_a_child(method)
    table.add(
        f"1,000,000 rows x 5, {method}, peak bytes", f"{found['peak_bytes']:,.0f}", "", f"{found['classes']:,.0f}"
    )
    table.notes.append(f"1,000,000 rows, {method}: NCP {found['ncp']:.4f}, {found['seconds']:.0f} CPU seconds")
    return int(found["peak_bytes"])


def main() -> None:
    """Print the table, then the JSON line; losses in full, not rounded to a few figures."""
    adult_folder()
    table = Table("k-anonymity", ("what", "measured", "published", "classes"))
    values = measure(table)
    print(table.text())
    print(json.dumps(values))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--million"]:
        million_rows(sys.argv[2])
    else:
        main()
