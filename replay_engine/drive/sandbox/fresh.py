"""Values that clients make up and use once, such as idempotency keys: another one in each run, the same within it."""

from __future__ import annotations

import re
from hashlib import blake2b
from uuid import NAMESPACE_OID, uuid5

from smartsandbox.replay_engine.drive.sandbox.place import RequestPlace

IDEMPOTENCY = RequestPlace("header", "idempotency-key")

_UUID = re.compile(r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def freshened(value: str, run: str) -> str:
    """What a run sends in the place of a recorded value: a UUID for a UUID, else 32 hex digits."""
    if _UUID.fullmatch(value):
        return str(uuid5(NAMESPACE_OID, f"{run}/{value}"))
    return blake2b(value.encode("utf-8", "surrogateescape"), key=run.encode()[:64], digest_size=16).hexdigest()
