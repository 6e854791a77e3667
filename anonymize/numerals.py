"""A number as an API writes it: its value, and another value in the same notation.

Decimals, thousands separators, leading zeros, a sign and a currency in front or behind stay as they were written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

MOST_DIGITS = 18
"""Before the point; a longer one is an id."""

MOST_DECIMALS = 9

_NUMERAL = re.compile(
    r"([^\d]{0,12})([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,18})((?:[.,][0-9]{1,17})?)((?:[eE][+\-]?[0-9]{1,2})?)([^\d]{0,12})",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Numeral:
    """The parts of one number. The sign is part of what stands before."""

    before: str
    whole: str
    fraction: str
    exponent: str
    after: str

    @staticmethod
    def read(text: str) -> Numeral | None:
        """The parts, or None if the text is not one number with at most a few signs around it."""
        match = _NUMERAL.fullmatch(text)
        return None if match is None else Numeral(*match.groups())

    @property
    def magnitude(self) -> Decimal:
        """The value without its sign."""
        return Decimal(f"{self.whole.replace(',', '')}{self.fraction.replace(',', '.')}{self.exponent}")

    @property
    def decimals(self) -> int:
        """Digits behind the point, at most MOST_DECIMALS."""
        if not self.fraction and not self.exponent:
            return 0
        exponent = self.magnitude.as_tuple().exponent
        return min(MOST_DECIMALS, -exponent) if isinstance(exponent, int) and exponent < 0 else 0

    def write(self, magnitude: Decimal) -> str:
        """Another value in this notation; an exponent is written out."""
        places = self.decimals if self.exponent else max(0, len(self.fraction) - 1)
        whole, _, fraction = f"{magnitude:.{places}f}".partition(".")
        if "," in self.whole:
            whole = f"{int(whole):,}"
        elif self.whole.startswith("0"):
            whole = whole.zfill(len(self.whole))
        point = self.fraction[:1] or "."
        return f"{self.before}{whole}{point + fraction if fraction else ''}{self.after}"
