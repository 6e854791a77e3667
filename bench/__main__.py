"""`python -m bench NAME`: run one benchmark, print its table, then one line of JSON."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable

from bench import drive, fidelity, leaks, pii, policies, serve

BENCHES: dict[str, Callable[[], None]] = {
    "serve": serve.main,
    "drive": drive.main,
    "fidelity": fidelity.main,
    "pii": pii.main,
    "leaks": leaks.main,
    "policies": policies.main,
}


def main(arguments: list[str]) -> int:
    """0 if the benchmark ran; 2 for a name that is none."""
    if len(arguments) != 1 or arguments[0] not in BENCHES:
        print(f"usage: python -m bench {'|'.join(BENCHES)}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the processes it started are ended too
    BENCHES[arguments[0]]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
