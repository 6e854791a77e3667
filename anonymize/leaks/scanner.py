"""Searches texts, bytes and whole streams of them for a set of values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from smartsandbox.anonymize.leaks.fingerprints import BITS, Fingerprints
from smartsandbox.anonymize.leaks.parts import Parts
from smartsandbox.anonymize.leaks.scan import Scan
from smartsandbox.anonymize.vocabulary import Vocabulary


class LeakScanner:
    """`needles` are read again whenever a candidate is judged, so they may come from disk each time.

    An iterator, which can be read once only, is taken into memory. `bits` is the binary logarithm of the size of the
    filter in bits; it changes the speed and never the result. Parts of long values in words of the vocabulary say
    nothing.
    """

    def __init__(self, needles: Iterable[str], bits: int = BITS, vocabulary: Vocabulary | None = None) -> None:
        read = tuple(needles) if isinstance(needles, Iterator) else needles
        self._needles = Parts(read, vocabulary or Vocabulary())
        self.count = 0
        """How many of the values are searched for."""
        self._fingerprints = Fingerprints(self._counted(), bits)

    def _counted(self) -> Iterator[str]:
        for parts in self._needles:
            self.count += 1
            yield from parts

    def scan(self) -> Scan:
        """A new scan, to be fed."""
        return Scan(self._needles, self._fingerprints)

    def finds(self, text: str) -> bool:
        """True if any of the values stands in the text in any of the encodings."""
        return self.finds_in_bytes(text.encode("utf-8", "replace"))

    def finds_in_bytes(self, data: bytes) -> bool:
        """The same for bytes, read as UTF-8 and as Latin-1 where they are not UTF-8."""
        scan = self.scan()
        scan.feed(None, data)
        return bool(scan.close())
