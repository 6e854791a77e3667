"""Tokens that are past by the session's clock, and what answers the requests that carry them.

A token lives from when it was answered here for as long as it was to live when it was recorded: up to its `exp` where
it is a JSON Web Token, else for the `expires_in` beside it. One that was not answered here lives up to its own `exp`.
"""

from __future__ import annotations

import re
from collections import OrderedDict

import numpy as np

from smartsandbox.packs.endpoints import EndpointTable
from smartsandbox.packs.key import CREDENTIAL_HEADERS
from smartsandbox.replay_engine.json_spans import spans
from smartsandbox.replay_engine.moments import SECOND
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.answer import Answer, problem
from smartsandbox.replay_engine.serve.kept import keep
from smartsandbox.replay_engine.serve.request import LiveRequest
from smartsandbox.replay_engine.serve.rewriting.aliases import MOST
from smartsandbox.replay_engine.serve.rewriting.tokens import expiry_of
from smartsandbox.replay_engine.sessions import Session

EXPIRED = problem(401, "Expired", "the token is past on the clock of this session").marked(
    b'WWW-Authenticate: Bearer error="invalid_token"\r\n'
)
_CREDENTIALS = tuple(name.encode() for name in CREDENTIAL_HEADERS)
_WORD = re.compile(rb"[A-Za-z0-9_.~+/-]{6,}")
_NAMES = ("access_token", "id_token", "token")
_OWN = 100
"""Tokens that one session remembers by itself."""
_RENEWS = b"refresh_token"
"""A request that says this in its body asks for a new token, and may carry an old one."""


class Expiry:
    """Of the tokens of one server. Times are microseconds of the session's clock. A session goes by the tokens that it
    got itself; one that got none, as a client is another session with its token than without, by anybody's."""

    def __init__(self, rows: Rows) -> None:
        codes = np.asarray(rows.endpoint.codes)
        refused = np.flatnonzero((np.asarray(rows.status) == 401) & (np.asarray(rows.failures) < 0))
        self._rows, self._names = rows, rows.endpoint.names
        self._refusals = {self._names[codes[row]]: int(row) for row in refused[::-1]}
        self._endpoints = EndpointTable.of(self._refusals)
        self._until: OrderedDict[bytes, int] = OrderedDict()
        self.refused = 0

    def answered(self, row: int, session: Session, recorded_us: int, now_us: int) -> None:
        """A row's tokens are answered as recorded: at `recorded_us` then, and at `now_us` here."""
        for token, end in lives(self._rows.answer_body(row), recorded_us):
            until = self._until[token] = now_us + end - recorded_us
            keep(session, "token", ("token", token), until, _OWN)
            self._until.move_to_end(token)
            if len(self._until) > MOST:
                self._until.popitem(last=False)

    def refusal(self, request: LiveRequest, session: Session, now_us: int) -> int | Answer | None:
        """What answers a request with a token that is past, the endpoint's recorded 401 or one of ours; else None."""
        if _RENEWS in request.body or not any(self._past(word, session, now_us) for word in _carried(request)):
            return None
        self.refused += 1
        bound = self._endpoints.match(request.method, request.path_and_query()[0])
        return EXPIRED if bound is None else self._refusals[bound.name]

    def _past(self, word: bytes, session: Session, now_us: int) -> bool:
        until: int | None = session.get(("token", word), self._until.get(word))
        if until is None:
            seconds = expiry_of(word.decode())
            until = None if seconds is None else seconds * SECOND
        return until is not None and until <= now_us


def _carried(request: LiveRequest) -> list[bytes]:
    return [word for name in _CREDENTIALS for word in _WORD.findall(request.fields.get(name, b""))]


def lives(body: bytes, recorded_us: int) -> list[tuple[bytes, int]]:
    """The tokens of a body that was answered at `recorded_us`, and when each was past then."""
    found, places = [], spans(body)
    for pointer, (start, stop) in places.items():
        parent, _, name = pointer.rpartition("/")
        value = body[start:stop]
        if name not in _NAMES or value[:1] != b'"':
            continue
        seconds = expiry_of(value[1:-1].decode("latin-1"))
        beside = places.get(f"{parent}/expires_in")
        life = body[slice(*beside)] if beside else b""
        if seconds is not None:
            found.append((value[1:-1], seconds * SECOND))
        elif life.isdigit() and len(life) < 12:
            found.append((value[1:-1], recorded_us + int(life) * SECOND))
    return found
