"""The benchmarks are no part of the installed package; their tests find them at the top of the checkout."""

from __future__ import annotations

import sys
from pathlib import Path

_TOP = str(Path(__file__).resolve().parents[2])
if _TOP not in sys.path:
    sys.path.append(_TOP)  # last, so that no room of the checkout hides an installed package
