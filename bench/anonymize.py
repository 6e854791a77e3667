"""How fast the privacy boundary is, and how much memory it takes as traffic grows: `make bench-anonymize`.

A made-up service (`payments`) is anonymised whole: both passes, writing, all checks, certificate. Each size runs in a
process of its own, whose peak is that of its resident set. Presidio gets a sample of the same leaf values in another
process; both rates are values a CPU second, user and system.
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
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from bench import cache, payments
from bench.payments import Traffic
from bench.table import Table, json_line

SIZES = (10_000, 100_000, 1_000_000)
SAMPLE = 3000
"""Leaf values that Presidio analyses, drawn from all leaves of FROM exchanges, repeated ones as often as they stand."""
FROM = 10_000
KEYS = ("ratio_to_presidio", "peak_bytes_10k", "peak_bytes_1m", "exchanges_per_cpu_s")
POLICY = Path(__file__).with_name("payments.yaml")

Report = dict[str, float]


def raw_trace(count: int) -> Path:
    """The folder of a raw trace of that many exchanges, made now if it is not in the cache."""
    made_by = hashlib.sha256(Path(payments.__file__).read_bytes()).hexdigest()[:12]
    return cache.kept(f"payments-{count}", lambda folder: write(count, folder / "raw"), made_by) / "raw"


def write(count: int, folder: Path) -> None:
    """Stream the exchanges into a raw trace."""
    from smartsandbox.packs.model import Ledger
    from smartsandbox.packs.trace import RAW, write_trace

    write_trace(folder, Traffic(count).exchanges(), RAW, Ledger(kept=count))


def anonymise(raw: Path) -> Report:
    """Anonymise a raw trace under a fresh key, and say what it took."""
    from smartsandbox.anonymize.apply import anonymize_trace
    from smartsandbox.anonymize.keys import OsKeys
    from smartsandbox.anonymize.policy_file import read_policy
    from smartsandbox.packs.trace import Trace

    with tempfile.TemporaryDirectory() as folder:
        safe = anonymize_trace(Trace.open(raw), read_policy(POLICY), OsKeys().key(), Path(folder) / "safe")
        return {"exchanges": safe.trace.count, "values": safe.certificate.ledger["leaves"]}


def presidio(raw: Path) -> Report:
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
    values = random.Random(payments.SEED).sample(list(leaf_values(raw, FROM)), SAMPLE)
    engine = BatchAnalyzerEngine(AnalyzerEngine(nlp_engine=Blank(), supported_languages=["en"]))
    list(engine.analyze_iterator(values[:20], language="en"))
    before = time.process_time()
    found = list(engine.analyze_iterator(values, language="en"))
    return {"values": len(found), "seconds": time.process_time() - before}


def leaf_values(raw: Path, count: int) -> Iterator[str]:
    """Every leaf of the first exchanges, as the anonymiser sees them."""
    from smartsandbox.anonymize.leaves import Leaf
    from smartsandbox.anonymize.policy_file import read_policy
    from smartsandbox.anonymize.rewrite import rewrite
    from smartsandbox.packs.trace import Trace

    policy, values = read_policy(POLICY), list[str]()
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


def in_a_child(job: str, raw: Path) -> Report:
    """Run one job in a process of its own. Raises CalledProcessError if it fails."""
    command = [sys.executable, "-m", "bench.anonymize", job, str(raw)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
    report: Report = json.loads(done.stdout.splitlines()[-1])
    return report


def child(job: str, raw: Path) -> None:
    """Print what a job found, with the CPU seconds of the whole process but for its imports, and its peak."""
    before = time.process_time()
    report = JOBS[job](raw)
    used = {"seconds": time.process_time() - before, "peak_bytes": peak_bytes()}
    print(json.dumps({**used, **report}))


def peak_bytes() -> int:
    """The largest resident set of this process."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def table_of(runs: dict[int, Report], peer: Report) -> Table:
    """The runs by size, and Presidio under them."""
    table = Table("anonymise", ("exchanges", "values", "CPU s", "exchanges/CPU s", "values/CPU s", "peak MiB"))
    for count, run in runs.items():
        table.add(f"{count:,}", f"{run['values']:,.0f}", f"{run['seconds']:,.1f}", f"{count / run['seconds']:,.0f}",
                  f"{run['values'] / run['seconds']:,.0f}", f"{run['peak_bytes'] / 2**20:,.0f}")  # fmt: skip
    table.add("Presidio", f"{peer['values']:,.0f}", f"{peer['seconds']:,.1f}", "", f"{rate(peer):,.0f}")
    table.notes.append("Presidio's BatchAnalyzerEngine, all recognisers, blank tokenizer; it analyses and does no more")
    return table


def rate(report: Report) -> float:
    """Values a CPU second."""
    return report["values"] / report["seconds"]


def summary(runs: dict[int, Report], peer: Report) -> dict[str, float | None]:
    """What the JSON line promises; the rates are of the largest run."""
    largest = runs[max(runs)]
    return {
        "ratio_to_presidio": rate(largest) / rate(peer),
        "peak_bytes_10k": runs.get(10_000, {}).get("peak_bytes"),
        "peak_bytes_1m": runs.get(1_000_000, {}).get("peak_bytes"),
        "exchanges_per_cpu_s": largest["exchanges"] / largest["seconds"],
    }


def main(sizes: tuple[int, ...] = SIZES) -> None:
    """Measure every size, then Presidio; print the table and the JSON line."""
    runs = {count: in_a_child("anonymise", raw_trace(count)) for count in sizes}
    peer = in_a_child("presidio", raw_trace(FROM))
    print(table_of(runs, peer).text())
    print(json_line(KEYS, summary(runs, peer)))


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] in JOBS:
        child(sys.argv[1], Path(sys.argv[2]))
    else:
        main(tuple(map(int, sys.argv[1:])) or SIZES)
