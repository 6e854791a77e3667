"""The run key: from the operating system, alive only in the run, never written.

Everything secret in a run is drawn from it by keyed BLAKE2b. Once the run ends nothing can lead a surrogate back to its
value; the certificate holds only a commitment to the key.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from typing import Protocol

from smartsandbox.packs.errors import UsageError

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class RunKey:
    """A key for one run. `is_test` marks a given key: what is made with it is repeatable and never anonymous."""

    secret: bytes = field(repr=False)
    is_test: bool = False

    def __post_init__(self) -> None:
        if len(self.secret) < 16:
            raise UsageError(f"the key has {len(self.secret)} bytes; give 16 to 64")
        if len(self.secret) > hashlib.blake2b.MAX_KEY_SIZE:
            raise UsageError(f"the key has {len(self.secret)} bytes; give 16 to 64")

    def __reduce__(self) -> str:
        raise TypeError("a run key is never serialised")

    def prf(self, domain: str, value: str, attempt: int = 0) -> bytes:
        """64 pseudo-random bytes for a value in a domain; `attempt` gives further independent ones."""
        message = f"{domain}\x00{attempt}\x00{value}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(message, key=self.secret).digest()

    @property
    def commitment(self) -> str:
        """SHA-256 of the key, in hex."""
        return hashlib.sha256(self.secret).hexdigest()


class KeyProvider(Protocol):
    """Where a run gets its key."""

    def key(self) -> RunKey:
        """A key; a provider for production gives a new one each time."""
        ...


@dataclass(frozen=True, slots=True)
class OsKeys:
    """New keys from the operating system's randomness."""

    def key(self) -> RunKey:
        """32 random bytes that nobody else has seen."""
        return RunKey(os.urandom(KEY_BYTES))


@dataclass(frozen=True, slots=True)
class GivenKey:
    """A key given in hexadecimal, for tests and repeatable demonstrations."""

    hexadecimal: str = field(repr=False)

    def key(self) -> RunKey:
        """The given key, marked as a test key. Raises UsageError if it is not hexadecimal."""
        try:
            return RunKey(bytes.fromhex(self.hexadecimal), is_test=True)
        except ValueError:
            raise UsageError("--test-key takes 32 to 128 hexadecimal digits") from None
