"""Banded numbers inside free texts: "paid 12.30" says the same as the field that holds 12.30, or 1230 in cents."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from smartsandbox.anonymize.numerals import Numeral
from smartsandbox.anonymize.pools import NumberBands, units

AMOUNT = re.compile(r"(?<![\d.])(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{2}(?![\d.]\d|\d)|(?<!\d)\d{4,18}(?!\d)")
"""What may be an amount in a text: two decimals, or four digits and more. A shorter number is a count or a code."""

_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Amounts:
    """The pools of a run by name. The pool that has the value is asked, the first by name of several."""

    pools: Mapping[str, NumberBands]

    @cached_property
    def _banded(self) -> list[NumberBands]:
        return [pool for _, pool in sorted(self.pools.items()) if pool.counts]

    def of(self, text: str) -> str | None:
        """The published number for one in a text; None if no pool has it and none reaches so far."""
        numeral = Numeral.read(text)
        if numeral is None or _YEAR.fullmatch(text):
            return None
        for pool in self._banded:
            found = self._within(pool, numeral, known=True)
            if found is not None:
                return found
        return self._spanned(numeral) if numeral.fraction else None

    def _spanned(self, numeral: Numeral) -> str | None:
        """An amount that was seen in no field, such as a sum, is treated like its neighbours in a pool."""
        found = (self._within(pool, numeral, known=False) for pool in self._banded)
        return next((made for made in found if made is not None), None)

    def _within(self, pool: NumberBands, numeral: Numeral, known: bool) -> str | None:
        """Two decimals in a text are hundredths in a pool of whole numbers."""
        if pool.bands is None:
            return None
        decimals = 2 if numeral.fraction and not pool.decimals else pool.decimals
        value = units(numeral.magnitude, decimals)
        if value in pool.counts if known else 0 < value <= pool.greatest:
            return numeral.write(Decimal(pool.bands.of(value)).scaleb(-decimals))
        return None
