"""Unmatched requests get an answer made from a recorded exchange of the same endpoint, and labelled as such.

It has the endpoint's most frequent successful status. Ids of the path and the body, and other values that the recorded
answer repeats from its request, are those that were asked with.
"""

from __future__ import annotations

import numpy as np

from smartsandbox.replay_engine.serve.journal import SYNTHESISED
from smartsandbox.replay_engine.serve.unmatched.explained import Explained
from smartsandbox.replay_engine.serve.unmatched.policy import Instead, Material, Miss

_KEPT = 256


class Synthesised:
    """See the module. A request of no endpoint, or of one that never succeeded, is explained."""

    def __init__(self, material: Material) -> None:
        self._material, self._explained = material, Explained(material)
        self._chosen: dict[str, list[int]] = {}

    def answer(self, miss: Miss) -> Instead:
        """The answer of an exchange of the caller's own if there is one, told for this request."""
        rows = self._rows(miss.view.endpoint) if miss.view else []
        credentials, caller = self._material.rows.credential.codes, miss.seeker.caller.credential
        for row in sorted(rows, key=lambda row: credentials[row] != caller):
            echo = self._material.echo(miss, row)
            if echo is not None:
                miss.seeker.bindings.add(echo.ids)
                return Instead(row=row, echo=echo, match=SYNTHESISED)
        return self._explained.answer(miss)

    def _rows(self, endpoint: str) -> list[int]:
        """Rows with the most frequent status of those from 200 to 299, in pack order."""
        found = self._chosen.get(endpoint)
        if found is None:
            rows = self._material.rows_of(endpoint)
            whole = np.asarray(self._material.rows.failures)[rows] < 0
            status = np.where(whole, np.asarray(self._material.rows.status)[rows], 0)
            counts = np.bincount(status[(status >= 200) & (status <= 299)], minlength=1)
            best = int(counts.argmax())
            found = self._chosen[endpoint] = rows[status == best][:_KEPT].tolist() if best else []
        return found
