"""Idempotency keys: a write that comes again under the same key of the same session gets the first answer again.

The recording comes first: where it holds what the service said to that key the second time, that is the answer. Kept
answers are bounded in bytes for the server, and keys in number for a session; a write that
failed, or whose answer was dropped, counts as new. Nothing of a request is kept but digests.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from hashlib import blake2b

from smartsandbox.packs.key import match_key
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.heads import values_of
from smartsandbox.replay_engine.journeys import READS
from smartsandbox.replay_engine.serve.answer import Answer, problem
from smartsandbox.replay_engine.serve.request import IDEMPOTENCY_KEY, LiveRequest
from smartsandbox.replay_engine.sessions import Session

KEYS = 1000
"""Keys that one session remembers."""

_REPLAYED = b"Idempotent-Replayed: true\r\n"


@dataclass(slots=True)
class Kept:
    """What a key stands for: its request by digest, the row that answered, and the answer until it is dropped."""

    request: bytes
    row: int
    answer: Answer | None


class IdempotencyKeys:
    """The keys of one server; answers of up to `limit` bytes in all are kept."""

    def __init__(self, pack: Pack, limit: int) -> None:
        self._pack, self._limit = pack, limit
        self._recorded: dict[int, str] | None = None
        self._kept: deque[Kept] = deque()
        self._bytes = 0
        self.replayed = self.refused = 0

    def of(self, request: LiveRequest) -> bytes | None:
        """The digest of a request's key; None for one without, and for a read, which needs none."""
        value = request.fields.get(IDEMPOTENCY_KEY)
        return None if value is None or request.method in READS else blake2b(value, digest_size=16).digest()

    def digest(self, request: LiveRequest, body: bytes) -> bytes:
        """What tells one request from another: its canonical key; `body` is the request's without content coding."""
        path, query = request.path_and_query()
        return match_key(request.method, path, query, request.header(b"content-type") or "", body)

    def recorded(self, row: int | None, request: LiveRequest) -> bool:
        """True if the recorded request of a row carried the same key."""
        if self._recorded is None:
            headers = self._pack.table("exchanges", ["request_headers"])["request_headers"]
            self._recorded = values_of(headers, IDEMPOTENCY_KEY.decode())
        return row is not None and self._recorded.get(row) == request.header(IDEMPOTENCY_KEY)

    def recall(self, key: bytes, session: Session) -> Kept | None:
        """What a session keeps under a key, if its answer is still there."""
        kept: Kept | None = session.get(("key", key))
        return kept if kept is not None and kept.answer is not None else None

    def again(self, kept: Kept, digest: bytes) -> Answer:
        """The first answer for the same request; a 422 problem for another one."""
        if kept.request != digest or kept.answer is None:
            self.refused += 1
            return problem(422, "Idempotency key reused", "this session used the same key for a different request")
        self.replayed += 1
        return kept.answer.marked(_REPLAYED)

    def keep(self, key: bytes, digest: bytes, row: int, answer: Answer, session: Session) -> None:
        """Remember an answer; the oldest give way."""
        kept = Kept(digest, row, answer)
        number = int(session.get("keys", 0))
        oldest = session.get(("nth key", number - KEYS))
        if oldest is not None:
            session.forget(("key", oldest))
            session.forget(("nth key", number - KEYS))
        session.put(("key", key), kept)
        session.put(("nth key", number), key)
        session.put("keys", number + 1)
        self._kept.append(kept)
        self._bytes += _size(answer)
        while self._bytes > self._limit:
            dropped = self._kept.popleft()
            self._bytes -= _size(dropped.answer)
            dropped.answer = None


def _size(answer: Answer | None) -> int:
    return len(answer.head) + len(answer.body) + len(answer.whole) + 500 if answer is not None else 0
