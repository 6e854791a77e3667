"""Errors for live traffic that does not follow the recording: the recorded rate and runs of each endpoint.

An endpoint fails in runs whoever asks, so its chain goes by order of arrival, not by session. A failure is answered by
a recorded one of the endpoint; where the chain says success and the matching exchange is an error, a success takes its
place: one that was recorded for the same request if there is one, else one of the endpoint.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.draws import Draw
from smartsandbox.replay_engine.error_runs import Runs, outcomes
from smartsandbox.replay_engine.index import KeyIndex
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.effects import Served
from smartsandbox.replay_engine.serve.selectors import MakeSelector

Ints = npt.NDArray[np.int64]


class ErrorMix:
    """A selector; `factor` is on the recorded rate, 0 for no errors."""

    def __init__(self, rows: Rows, factor: float, seed: int) -> None:
        self._rows, self._factor, self._seed = rows, factor, seed
        self._wrong = (
            (np.asarray(rows.failures) >= 0) | (np.asarray(rows.status) < 0) | (np.asarray(rows.status) >= 500)
        )
        self._endpoints: dict[int, _Endpoint] = {}
        self._asked: Counter[int] = Counter()
        self._failed: Counter[int] = Counter()

    def select(self, served: Served) -> int:
        """See the module."""
        row = served.row
        if row < 0:
            return row
        code = self._rows.endpoint.codes[row]
        endpoint = self._endpoints.get(code)
        if endpoint is None:
            endpoint = self._endpoints[code] = self._endpoint(code)
        fails = next(endpoint.outcomes)
        number = self._asked[code]
        self._asked[code] += 1
        self._failed[code] += fails
        if fails == bool(self._wrong[row]):
            return row
        share = Draw(self._seed, self._rows.endpoint.names[code], number).spread("error mix")
        rows = endpoint.errors if fails else endpoint.successes_like(self._rows.key[row])
        return int(rows[int(share * len(rows))]) if len(rows) else row

    def _endpoint(self, code: int) -> _Endpoint:
        members = np.flatnonzero(np.asarray(self._rows.endpoint.codes) == code)
        wrong = self._wrong[members]
        chain = outcomes(Runs.of(wrong.tolist()), self._factor, self._seed, self._rows.endpoint.names[code])
        return _Endpoint(chain, members[wrong], members[~wrong], self._rows.key)

    def facts(self) -> dict[str, Any]:
        """By endpoint: requests, errors, and the recorded rate."""
        names = self._rows.endpoint.names
        return {
            "errors": {
                names[code]: {
                    "asked": asked,
                    "failed": self._failed[code],
                    "recorded_rate": round(self._endpoints[code].recorded_rate, 6),
                }
                for code, asked in sorted(self._asked.items())
            }
        }


class _Endpoint:
    """The chain of one endpoint, and its rows in pack order."""

    def __init__(self, chain: Iterator[bool], errors: Ints, successes: Ints, keys: npt.NDArray[np.uint64]) -> None:
        self.outcomes, self.errors, self._successes = chain, errors, successes
        self._index = KeyIndex.build(keys[successes])
        self.recorded_rate = len(errors) / (len(errors) + len(successes))

    def successes_like(self, key: npt.NDArray[np.uint64]) -> Ints:
        """Those recorded for the same request, else all."""
        group = self._index.find(int(key[0]).to_bytes(8, "big") + int(key[1]).to_bytes(8, "big"))
        return self._successes[self._index.rows(group)] if group >= 0 else self._successes


def errors_of(name: str, seed: int) -> tuple[MakeSelector, ...]:
    """What `--errors NAME` means: `matched`, `recorded`, `none`, or a factor on the recorded rate such as x2.

    Raises UsageError.
    """
    if name == "matched":
        return ()
    factor = {"recorded": 1.0, "none": 0.0}.get(name, -1.0)
    if factor < 0:
        try:
            factor = float(name.removeprefix("x")) if name.startswith("x") else -1.0
        except ValueError:
            factor = -1.0
    if not 0 <= factor <= 1e6:
        raise UsageError(f"errors {name!r} is not one of: matched, recorded, none, or a factor such as x2 or x0.5")

    def make(pack: Pack, rows: Rows) -> ErrorMix:
        return ErrorMix(rows, factor, seed)

    return (make,)
