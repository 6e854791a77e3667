"""UUIDs: version and variant stay, the rest is drawn; spelling with or without dashes and braces is kept."""

from __future__ import annotations

import re

from smartsandbox.anonymize.surrogates.base import Base, Minter
from smartsandbox.anonymize.surrogates.draw import Draw

_UUID = re.compile(r"(?:urn:uuid:)?\{?[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}\}?", re.IGNORECASE)
_VERSION_AT, _VARIANT_AT = 12, 16


class Uuid(Base):
    """The class "uuid"."""

    name, domain, strength = "uuid", "opaque", 70

    def narrow(self, value: str) -> str:
        """Anything but 32 hex digits with the usual punctuation is an id."""
        return self.name if _UUID.fullmatch(value.strip()) else "id"

    def canonical(self, value: str) -> str:
        """Lower-case hex digits only."""
        return "".join(char for char in value.lower().removeprefix("urn:uuid:") if char in "0123456789abcdef")

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """Random digits around the version and variant of the original."""
        digits = [draw.choice("0123456789abcdef") for _ in canonical]
        for at in (_VERSION_AT, _VARIANT_AT):
            digits[at] = canonical[at]
        return "".join(digits)

    def dress(self, surrogate: str, value: str) -> str:
        """Dashes, braces, prefix and case as in the original."""
        head = "urn:uuid:" if value.strip().lower().startswith("urn:") else ""
        digits = iter(surrogate)
        rest = value.strip()[len(head) :]
        laid = "".join(next(digits) if char.isalnum() else char for char in rest)
        return head + (laid.upper() if rest.isupper() else laid)
