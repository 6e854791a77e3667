"""How fast the privacy boundary is, and how much memory it takes as traffic grows: `make bench-anonymize`.

A made-up service (`payments`) is anonymised whole: both passes, writing, all checks, certificate. Each size runs in a
process of its own, whose peak is that of its resident set. Presidio gets a sample of the same leaf values in another
process; rates are values a CPU second, user and system. What certifies the written trace is counted apart from the two
passes that make it, because Presidio has no counterpart of it.
"""

from __future__ import annotations

import hashlib
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from bench import anonymize_captured, cache, payments
from bench.payments import Traffic
from bench.table import Table, json_line
from bench.traces import captures

SIZES = (10_000, 100_000, 1_000_000)
SAMPLE = 3000
"""Leaf values that Presidio analyses, drawn from all leaves of FROM exchanges, repeated ones as often as they stand."""
FROM = 10_000
KEYS = ("ratio_to_presidio", "peak_bytes_10k", "peak_bytes_1m", "exchanges_per_cpu_s")
POLICY = Path(__file__).with_name("payments.yaml")

LIMIT_S = 3 * 60 * 60
"""Seconds on the clock for one size; a size that takes longer is ended and left out, with a note."""

Report = dict[str, float]
T = TypeVar("T")


def raw_trace(count: int) -> Path:
    """The folder of a raw trace of that many exchanges, made now if it is not in the cache."""
    made_by = hashlib.sha256(Path(payments.__file__).read_bytes()).hexdigest()[:12]
    return cache.kept(f"payments-{count}", lambda folder: write(count, folder / "raw"), made_by) / "raw"


def write(count: int, folder: Path) -> None:
    """Stream the exchanges into a raw trace."""
    from smartsandbox.packs.model import Ledger
    from smartsandbox.packs.trace import RAW, write_trace

    write_trace(folder, Traffic(count).exchanges(), RAW, Ledger(kept=count))


@dataclass(slots=True)
class UntilChecked:
    """A Track that takes down the CPU seconds of the process when the written trace is first read to be checked.

    What certifies without reading it (a count of leaves) comes before that, and so weighs on the passes.
    """

    at: float | None = None

    def __call__(self, items: Iterable[T], label: str, total: int | None = None) -> Iterable[T]:
        """The items, unchanged."""
        if label == "checking" and self.at is None:
            self.at = time.process_time()
        return items


def anonymise(raw: Path, policy: Path = POLICY) -> Report:
    """Anonymise a raw trace under a fresh key, and say what it took: `seconds_passes` is up to the written trace.

    A run that its checks refuse at the end has done all of the work, and counts, marked as `refused`.
    """
    from smartsandbox.anonymize.apply import anonymize_trace
    from smartsandbox.anonymize.errors import ChecksFailedError
    from smartsandbox.anonymize.keys import OsKeys
    from smartsandbox.anonymize.policy_file import read_policy
    from smartsandbox.packs.trace import Trace

    trace, before, written = Trace.open(raw), time.process_time(), UntilChecked()
    with tempfile.TemporaryDirectory() as folder:
        try:
            safe = anonymize_trace(trace, read_policy(policy), OsKeys().key(), Path(folder) / "safe", written)
            verdicts, refused = safe.certificate.verdicts, 0
        except ChecksFailedError as error:
            verdicts, refused = error.verdicts, 1
    passes = (written.at or time.process_time()) - before
    leaves = next(verdict.metrics["leaves"] for verdict in verdicts if verdict.check == "decisions complete")
    return {"exchanges": trace.count, "values": leaves, "seconds_passes": passes, "refused": refused}


def presidio(raw: Path, policy: Path = POLICY) -> Report:
    """Analyse a sample of the leaves with Presidio's batch engine as it comes, but for a blank tokenizer."""
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class Blank(SpacyNlpEngine):  # type: ignore[misc]
        def load(self) -> None:
            self.nlp = {"en": spacy.blank("en")}

    # Its list of domain suffixes is the one that comes with the package: no benchmark reads from the network.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    values = random.Random(payments.SEED).sample(list(leaf_values(raw, FROM, policy)), SAMPLE)
    engine = BatchAnalyzerEngine(AnalyzerEngine(nlp_engine=Blank(), supported_languages=["en"]))
    list(engine.analyze_iterator(values[:20], language="en"))
    before = time.process_time()
    found = list(engine.analyze_iterator(values, language="en"))
    return {"values": len(found), "seconds": time.process_time() - before}


def leaf_values(raw: Path, count: int, policy_file: Path = POLICY) -> Iterator[str]:
    """Every leaf of the first exchanges, as the anonymiser sees them."""
    from smartsandbox.anonymize.leaves import Leaf
    from smartsandbox.anonymize.policy_file import read_policy
    from smartsandbox.anonymize.rewrite import rewrite
    from smartsandbox.packs.trace import Trace

    policy, values = read_policy(policy_file), list[str]()
    table = policy.table

    def visit(leaf: Leaf) -> str:
        values.append(leaf.value)
        return leaf.value

    for exchange in islice(Trace.open(raw).exchanges(), count):
        bound = table.match(exchange.request.method, exchange.request.path)
        if bound is not None:
            rewrite(exchange, bound, visit, policy.is_map)
        yield from values
        values.clear()


JOBS = {"anonymise": anonymise, "presidio": presidio}


def in_a_child(job: str, raw: Path, policy: Path = POLICY) -> Report:
    """Run one job in a process of its own. Raises CalledProcessError if it fails, TimeoutExpired after LIMIT_S."""
    command = [sys.executable, "-m", "bench.anonymize", job, str(raw), str(policy)]
    home = Path(__file__).parents[1]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=home, timeout=LIMIT_S)
    report: Report = json.loads(done.stdout.splitlines()[-1])
    return report


def child(job: str, raw: Path, policy: Path = POLICY) -> None:
    """Print what a job found, with the CPU seconds of the whole process but for its imports, and its peak."""
    before = time.process_time()
    report = JOBS[job](raw, policy)
    used = {"seconds": time.process_time() - before, "peak_bytes": peak_bytes()}
    print(json.dumps({**used, **report}))


def peak_bytes() -> int:
    """The largest resident set of this process."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def table_of(runs: dict[int, Report], peer: Report) -> Table:
    """The runs by size, and Presidio under them."""
    table = Table("anonymise", ("exchanges", "values", "part", "CPU s", "exchanges/CPU s", "values/CPU s",
                                "to Presidio", "peak MiB"))  # fmt: skip
    for count, run in runs.items():
        for part, seconds in parts(run).items():
            values = run["values"] / seconds
            is_whole = part == WHOLE
            table.add(f"{count:,}" if is_whole else "", f"{run['values']:,.0f}" if is_whole else "", part,
                      f"{seconds:,.1f}", f"{count / seconds:,.0f}", f"{values:,.0f}", f"{values / rate(peer):,.1f}",
                      f"{run['peak_bytes'] / 2**20:,.0f}" if is_whole else "")  # fmt: skip
    table.add(
        "Presidio", f"{peer['values']:,.0f}", "analysis", f"{peer['seconds']:,.1f}", "", f"{rate(peer):,.0f}", "1"
    )
    table.notes.append("Presidio's BatchAnalyzerEngine, all recognisers, blank tokenizer; it analyses and does no more")
    table.notes += [
        f"{count:,} exchanges: refused by its checks at the end" for count, run in runs.items() if run.get("refused")
    ]
    table.notes.append("ratio_to_presidio is of the two passes with writing; Presidio neither certifies nor attacks")
    return table


WHOLE = "whole run"


def parts(run: Report) -> dict[str, float]:
    """CPU seconds of a run and of its two parts."""
    passes = run["seconds_passes"]
    return {WHOLE: run["seconds"], "two passes, writing": passes, "certification": run["seconds"] - passes}


def rate(report: Report, seconds: str = "seconds") -> float:
    """Values a CPU second."""
    return report["values"] / report[seconds]


def summary(runs: dict[int, Report], peer: Report) -> dict[str, float | None]:
    """What the JSON line promises; the rates are of the largest run, the ratio that of its two passes with writing."""
    largest = runs[max(runs)]
    return {
        "ratio_to_presidio": rate(largest, "seconds_passes") / rate(peer),
        "peak_bytes_10k": runs.get(10_000, {}).get("peak_bytes"),
        "peak_bytes_1m": runs.get(1_000_000, {}).get("peak_bytes"),
        "exchanges_per_cpu_s": largest["exchanges"] / largest["seconds"],
    }


def measured(sizes: Iterable[int], job: Callable[[int], Report]) -> tuple[dict[int, Report], list[str]]:
    """The runs that ended, by size, and a note on each that did not."""
    runs: dict[int, Report] = {}
    notes = []
    for count in sizes:
        try:
            runs[count] = job(count)
        except subprocess.TimeoutExpired:
            notes.append(f"{count:,} exchanges: not done in {LIMIT_S // 60} minutes, left out")
        except subprocess.CalledProcessError as error:
            notes.append(f"{count:,} exchanges: ended with exit code {error.returncode}, left out; its error is above")
    return runs, notes


def main(sizes: tuple[int, ...] = SIZES) -> None:
    """Measure every size, then Presidio, then a capture where there are any; print the tables and the JSON line."""
    runs, notes = measured(sizes, lambda count: in_a_child("anonymise", raw_trace(count)))
    if not runs:
        sys.exit("; ".join(notes))
    peer = in_a_child("presidio", raw_trace(FROM))
    table = table_of(runs, peer)
    table.notes += notes
    print(table.text())
    folder = captures()
    if folder is not None:
        print(anonymize_captured.captured(folder, in_a_child).text())
    print(json_line(KEYS, summary(runs, peer)))


if __name__ == "__main__":
    if len(sys.argv) in (3, 4) and sys.argv[1] in JOBS:
        child(sys.argv[1], *map(Path, sys.argv[2:]))
    else:
        main(tuple(map(int, sys.argv[1:])) or SIZES)
