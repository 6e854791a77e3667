"""Keeps pyarrow from loading pandas into a process that has no use for it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import pyarrow as pa


class _Absent:
    """A finder that says of pandas that it is not installed."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: Any = None) -> None:
        """See importlib.abc.MetaPathFinder."""
        if name == "pandas":
            raise ModuleNotFoundError(name=name)


def leave_pandas_out() -> None:
    """Let pyarrow take pandas for not installed, unless it is loaded already.

    At its first conversion pyarrow looks for pandas, to recognise its types, and remembers what it found. To load
    pandas for that takes two tenths of a second. Conversions to pandas look again, and find it.
    """
    if "pandas" in sys.modules:
        return
    sys.meta_path.insert(0, _Absent)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(_Absent)
