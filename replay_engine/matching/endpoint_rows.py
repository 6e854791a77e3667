"""The rows of each endpoint, found without a search."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from smartsandbox.replay_engine.rows import Rows

Ints = npt.NDArray[np.int32]


class EndpointRows:
    """Sorted when first asked for: four bytes a row."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._codes = {name: code for code, name in enumerate(rows.endpoint.names)}

    def of(self, endpoint: str) -> Ints:
        """The rows of an endpoint in pack order; none for one that the pack does not have."""
        order, starts = self._sorted
        code = self._codes.get(endpoint)
        return order[:0] if code is None else order[starts[code] : starts[code + 1]]

    def all(self) -> Ints:
        """Every row, by endpoint."""
        return self._sorted[0]

    @cached_property
    def _sorted(self) -> tuple[Ints, npt.NDArray[np.int64]]:
        codes = np.asarray(self._rows.endpoint.codes)
        order = np.argsort(codes, kind="stable").astype(np.int32)
        edges = np.searchsorted(codes[order], np.arange(len(self._codes) + 1))
        return order, edges
