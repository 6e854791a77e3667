"""Values that were issued in the place of recorded ones, so that a later request that brings one back finds its answer.

Ids belong to the session that got them. Tokens name the session themselves, so they are known to the whole server.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable

from smartsandbox.replay_engine.sessions import Session

MOST = 10_000
"""Ids that one session, and tokens that the server, remembers; of tokens the oldest goes first."""

_WORD = re.compile(rb"[A-Za-z0-9_.~+-]{6,}")
_ISSUED = re.compile(r"(?=.*\d)[A-Za-z0-9_.~+-]{6,200}")
_COUNT = "aliases"

Look = Callable[[bytes], bytes | None]


class Aliases:
    """The aliases of one server."""

    def __init__(self) -> None:
        self._tokens: OrderedDict[bytes, bytes] = OrderedDict()

    def issue(self, session: Session, recorded: str, issued: str) -> None:
        """An id was answered in the place of a recorded one. Words and short numbers are no ids."""
        count = session.get(_COUNT, 0)
        if recorded == issued or count >= MOST or not (_ISSUED.fullmatch(recorded) and _ISSUED.fullmatch(issued)):
            return
        session.put(_COUNT, count + 1)
        session.put(("issued", issued.encode()), recorded.encode())
        session.put(("recorded", recorded.encode()), issued.encode())

    def issue_token(self, recorded: str, issued: str) -> None:
        """A token was answered in the place of a recorded one."""
        self._tokens[issued.encode()] = recorded.encode()
        if len(self._tokens) > MOST:
            self._tokens.popitem(last=False)

    @property
    def has_tokens(self) -> bool:
        """True once a token was issued."""
        return bool(self._tokens)

    def incoming(self, session: Session, brought: dict[bytes, bytes]) -> Callable[[bytes], bytes] | None:
        """What puts recorded values in the place of issued ones, and notes them in `brought`; None where none was
        issued."""
        if not self._tokens and not session.get(_COUNT, 0):
            return None

        def look(word: bytes) -> bytes | None:
            recorded: bytes | None = session.get(("issued", word))
            if recorded is not None:
                brought[recorded] = word
            return recorded or self._tokens.get(word)

        return _replacing(look)

    def outgoing(self, session: Session, brought: dict[bytes, bytes]) -> Callable[[bytes], bytes] | None:
        """What puts issued ids in the place of recorded ones: those that the request brought, else those issued last;
        None where none was issued."""
        if not session.get(_COUNT, 0):
            return None
        return _replacing(lambda word: brought.get(word) or session.get(("recorded", word)))


def _replacing(look: Look) -> Callable[[bytes], bytes]:
    return lambda text: _WORD.sub(lambda match: look(match[0]) or match[0], text)
