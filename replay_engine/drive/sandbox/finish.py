"""The last changes to a request before it is sent: a caller's own credential at the sandbox, values that are used once,
then signatures anew."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from smartsandbox.packs.slots import Slot
from smartsandbox.replay_engine.drive.correlation.draft import Draft
from smartsandbox.replay_engine.drive.sandbox.fresh import freshened
from smartsandbox.replay_engine.drive.sandbox.place import RequestPlace

if TYPE_CHECKING:
    from smartsandbox.replay_engine.drive.sandbox.signing import Signer


class Finish:
    """`tokens` has, for each place of a credential, the token of each caller; `now` gives Unix seconds; `fresh` are
    places of values that each run (by its name) has of its own."""

    def __init__(
        self,
        tokens: Sequence[tuple[RequestPlace, Mapping[int, str]]],
        signers: Sequence[Signer],
        now: Callable[[], float],
        fresh: Sequence[RequestPlace] = (),
        run: str = "",
    ) -> None:
        self._tokens, self._signers, self._now = tokens, signers, now
        self._fresh, self._run = fresh, run

    def apply(self, draft: Draft, caller: int, bound: Collection[Slot]) -> None:
        """Change a draft. What was bound to a live answer is the target's own, and stays."""
        for place, tokens in self._tokens:
            token = tokens.get(caller)
            if token is not None and not _holds(place, bound):
                place.change(draft, partial(_instead, token))
        for place in self._fresh:
            place.change(draft, partial(freshened, run=self._run))
        now = self._now()
        for signer in self._signers:
            if signer.place is None or not _holds(signer.place, bound):
                signer.sign(draft, now)


def _instead(token: str, recorded: str) -> str:
    return token


def _holds(place: RequestPlace, bound: Collection[Slot]) -> bool:
    return any(place.holds(slot) for slot in bound)
