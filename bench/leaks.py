"""How fast the leak scan is and how much memory it takes, for ten thousand and for a million values: `bench-leaks`.

Each size is measured in a process of its own. The values are invented one by one whenever they are read, as from disk,
so that the memory is the scan's. A value is planted at the end of every text, and the run counts only if it is found.
"""

from __future__ import annotations

import base64
import io
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.table import Table, json_line, shown
from smartsandbox.anonymize.leaks.files import blocks
from smartsandbox.anonymize.leaks.scanner import LeakScanner

SIZES = {"10k": 10_000, "1m": 1_000_000}
MEGABYTES = 8
SEED = 20260301
KEYS = tuple(
    key
    for size in SIZES
    for key in (
        *(f"{text}_mb_s_{size}" for text in ("json", "base64", "random")),
        f"build_s_{size}",
        f"peak_bytes_{size}",
    )
)
_ODD = 0x9E3779B97F4A7C15


@dataclass(frozen=True, slots=True)
class Invented:
    """So many ids and addresses, the same whenever they are read."""

    count: int
    salt: int = 0

    def __iter__(self) -> Iterator[str]:
        return map(self.value, range(self.count))

    def value(self, number: int) -> str:
        """One of them."""
        mixed = (number + 1 + self.salt) * _ODD % 2**64
        if number % 2:
            return f"acct_{mixed:016x}"
        return f"{('ann', 'li', 'tom', 'eva')[mixed % 4]}.{mixed >> 30:x}@mail{mixed % 997}.example"


def json_text(size: int) -> bytes:
    """JSON Lines of answers that hold no value: other ids, amounts, times, a URL, and JSON in a string."""
    others = iter(Invented(sys.maxsize, salt=2**40))
    lines, length = [], 0
    while length < size:
        owner, address = next(others), next(others)
        link = {"u": f"https://api.example/v1/x?owner={address.replace('@', '%40')}", "n": length}
        row = {"id": owner, "amount": length * 7 % 100_003, "created": "2026-01-05T10:11:12Z", "note": "paid in full"}
        lines.append(json.dumps({**row, "link": json.dumps(link)}).encode())
        length += len(lines[-1]) + 1
    return b"\n".join(lines)[:size]


def base64_text(size: int) -> bytes:
    """The same in base64."""
    return base64.b64encode(json_text(size * 3 // 4))


def random_text(size: int) -> bytes:
    """Bytes without any order, as of a compressed file."""
    return np.random.default_rng(SEED).bytes(size)


TEXTS: Mapping[str, Callable[[int], bytes]] = {"json": json_text, "base64": base64_text, "random": random_text}


def measured(count: int) -> dict[str, float]:
    """In a child: CPU seconds to build and MB a CPU second for each text, and the peak of the whole process."""
    needles = Invented(count)
    started = time.process_time()
    scanner = LeakScanner(needles)
    found: dict[str, float] = {"build_s": time.process_time() - started}
    for name, make in TEXTS.items():
        text = make(MEGABYTES << 20) + b" " + needles.value(count - 1).encode()
        found[f"{name}_mb_s"] = len(text) / 1e6 / _seconds(scanner, text)
    unit = 1 if sys.platform == "darwin" else 1024
    return found | {"peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit}


def _seconds(scanner: LeakScanner, text: bytes) -> float:
    started = time.process_time()
    scan = scanner.scan()
    for block in blocks(io.BytesIO(text).read):
        scan.feed("text", block)
    if not scan.close():
        sys.exit("the planted value was not found: the figures mean nothing")
    return time.process_time() - started


def measured_in_a_child(count: int) -> dict[str, float]:
    """Run `measured` in a process of its own. Raises CalledProcessError if it fails."""
    command = [sys.executable, "-m", "bench.leaks", "--values", str(count)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
    report: dict[str, float] = json.loads(done.stdout)
    return report


def figures(runs: Mapping[str, Mapping[str, float]]) -> dict[str, float | None]:
    """What the JSON line holds; None for what was not measured."""
    found = {f"{name}_{size}": value for size, run in runs.items() for name, value in run.items()}
    return {key: found.get(key) for key in KEYS}


def main() -> None:
    """Print the table, then the JSON line."""
    table = Table("leak scan, MB of text a CPU second", ("values", *TEXTS, "build s", "peak MB"))
    runs = {size: measured_in_a_child(count) for size, count in SIZES.items()}
    for size, run in runs.items():
        speeds = [shown(run[f"{name}_mb_s"], 1) for name in TEXTS]
        table.add(size, *speeds, shown(run["build_s"]), shown(run["peak_bytes"] / 1e6, 0))
    table.notes.append(f"{MEGABYTES} MB of each text, ten encodings, three deep, the judging of candidates included")
    print(table.text())
    print(json_line(KEYS, figures(runs)))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--values"]:
        print(json.dumps(measured(int(sys.argv[2]))))
    else:
        main()
