"""Where benchmarks keep what is costly to make, peers fetched and packs built: never in a checkout."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path


def folder() -> Path:
    """$SMARTSANDBOX_BENCH_CACHE, else a folder in the user's cache."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(os.environ.get("SMARTSANDBOX_BENCH_CACHE") or os.path.join(base, "smartsandbox", "bench"))


def kept(name: str, make: Callable[[Path], None], made_by: str = "1") -> Path:
    """The cached folder `name`; if there is none, `make` fills one that appears only when it is complete.

    One that something else than `made_by` (no dot in it) made is removed first.
    """
    target = folder() / f"{name}.{made_by}"
    if target.exists():
        return target
    for other in folder().glob(f"{name}.*"):
        shutil.rmtree(other, ignore_errors=True)
    aside = target.with_name(f"{target.name}.{os.getpid()}.part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        make(aside)
        aside.replace(target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return target
