"""Idempotency keys: the same key of the same caller gets the first answer again, and nothing happens twice."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

from smartsandbox.demo.service.call import Answer
from smartsandbox.demo.service.errors import conflict


@dataclass(slots=True)
class Idempotency:
    """The answers given, by caller and key, with a digest of the request they answer."""

    _answers: dict[tuple[str, str], tuple[bytes, Answer]] = field(default_factory=dict)

    def recall(self, caller: str, key: str, request: bytes) -> Answer | None:
        """The first answer, None for a new key. Raises the 409 answer if the key came with another request."""
        found = self._answers.get((caller, key))
        if found is None:
            return None
        digest, answer = found
        if digest != _digest(request):
            raise conflict("idempotency_key_reused", f"Idempotency key {key} was used with a different request")
        return replace(answer, headers=(*answer.headers, ("idempotent-replayed", "true")))

    def keep(self, caller: str, key: str, request: bytes, answer: Answer) -> None:
        """Remember an answer."""
        self._answers[(caller, key)] = (_digest(request), answer)


def _digest(request: bytes) -> bytes:
    return hashlib.sha256(request).digest()
