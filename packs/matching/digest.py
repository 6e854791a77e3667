"""The key of a tier: 16 bytes over length-prefixed parts, as the exact key is."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from smartsandbox.packs.key import KEY_BYTES
from smartsandbox.packs.matching.fields import Field, encoded


def tier_key(tier: str, parts: Iterable[str | bytes], fields: Iterable[Field] = ()) -> bytes:
    """The key of these parts and fields in a tier."""
    key = blake2b(digest_size=KEY_BYTES, person=tier.encode()[:16])
    texts = [part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass") for part in parts]
    for part in (*texts, b"", *encoded(fields)):
        key.update(len(part).to_bytes(4, "big"))
        key.update(part)
    return key.digest()
