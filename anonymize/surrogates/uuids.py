"""UUIDs: version and variant stay, the rest is drawn; spelling with or without dashes and braces is kept."""

from __future__ import annotations

from smartsandbox.anonymize.surrogates.base import Base, Minter
from smartsandbox.anonymize.surrogates.draw import Draw

_VERSION_AT, _VARIANT_AT = 12, 16


class Uuid(Base):
    """The class "uuid"."""

    name, domain, strength = "uuid", "opaque", 70

    def canonical(self, value: str) -> str:
        """Lower-case hex digits only."""
        return "".join(char for char in value.lower() if char in "0123456789abcdef")

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """Random digits around the version and variant of the original."""
        digits = [draw.choice("0123456789abcdef") for _ in canonical]
        for at in (_VERSION_AT, _VARIANT_AT):
            if len(digits) == 32:
                digits[at] = canonical[at]
        return "".join(digits)

    def dress(self, surrogate: str, value: str) -> str:
        """Dashes, braces, prefix and case as in the original."""
        digits = iter(surrogate)
        laid = "".join(next(digits, "0") if char in "0123456789abcdefABCDEF" else char for char in value)
        return laid.upper() if value.isupper() else laid
