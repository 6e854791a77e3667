"""Unmatched requests get the service's own words for "not found".

That is the most frequent recorded 404 of the endpoint, else of the service, else the most frequent other 4xx in the
same order; a plain 404 if the service never said anything of the kind.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from smartsandbox.replay_engine.matching.echo import Echo
from smartsandbox.replay_engine.matching.endpoint_rows import Ints
from smartsandbox.replay_engine.serve.answer import problem
from smartsandbox.replay_engine.serve.unmatched.policy import Instead, Material, Miss

_PLAIN = problem(404, "Not found", "nothing is here")


class NotFound:
    """See the module. What an endpoint answers is worked out once."""

    def __init__(self, material: Material) -> None:
        self._material = material
        self._status = np.asarray(material.rows.status)
        self._body = np.asarray(material.rows.response_body)
        self._chosen: dict[str, int] = {}

    def answer(self, miss: Miss) -> Instead:
        """The recorded words, with ids of the same endpoint's path told as asked."""
        endpoint = miss.view.endpoint if miss.view else ""
        row = self._chosen.get(endpoint)
        if row is None:
            row = self._chosen[endpoint] = next(self._rows(endpoint), -1)
        return Instead(_PLAIN) if row < 0 else Instead(row=row, echo=self._material.echo(miss, row) or Echo())

    def _rows(self, endpoint: str) -> Iterator[int]:
        """Rows to answer with, the best first."""
        own, every = self._material.rows_of(endpoint), self._material.lookup.by_endpoint.all()
        for least, most in ((404, 404), (400, 499)):
            for rows in (own, every):
                status = self._status[rows]
                fitting = rows[(status >= least) & (status <= most)]
                if len(fitting):
                    yield self._most_frequent(fitting)

    def _most_frequent(self, rows: Ints) -> int:
        """The first row in pack order of those with the status and body that most of them have."""
        kinds = self._status[rows].astype(np.int64) << 32 | (self._body[rows].astype(np.int64) + 1)
        values, counts = np.unique(kinds, return_counts=True)
        return int(rows[kinds == values[counts.argmax()]].min())
