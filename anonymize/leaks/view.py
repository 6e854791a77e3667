"""A view: pieces of text, joined by NUL, and whose text each piece is. Whatever is decoded becomes a view again.

What is no text (control characters, bytes that are not UTF-8) is left out of it, so that what is decoded in vain costs
next to nothing further on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from smartsandbox.anonymize.leaks.fingerprints import Bytes, Positions
from smartsandbox.anonymize.leaks.needles import SHORTEST, folded

NUL = b"\0"
CUT = "\N{ARABIC-INDIC DIGIT ZERO}".encode()
"""Marks an end that was cut: a digit, so that nothing beside it is taken for a whole word or number."""

_TEXT = bytes(1 if byte in b"\t\n\r" or (byte >= 0x20 and byte != 0x7F) else 0 for byte in range(256))


@dataclass(frozen=True)
class View:
    """`owners` has one number a piece of `data`, in order. NUL stands in `data` between two pieces only."""

    data: bytes
    owners: Positions

    @cached_property
    def octets(self) -> Bytes:
        """The bytes as an array."""
        return np.frombuffer(self.data, np.uint8)

    @cached_property
    def starts(self) -> Positions:
        """Where each piece begins."""
        return np.concatenate([[0], np.flatnonzero(self.octets == 0) + 1])

    def owners_at(self, positions: Positions) -> Positions:
        """Whose piece each position is in."""
        return self.owners[np.searchsorted(self.starts, positions, side="right") - 1]

    def lowered(self) -> View:
        """The same in lower case."""
        if self.data.isascii():
            return View(self.data.lower(), self.owners)
        return View(folded(self.data.decode("utf-8", "ignore")).encode(), self.owners)


def joined(texts: list[tuple[int, bytes]]) -> View:
    """A view of whole texts, each with its owner."""
    data = NUL.join(text.replace(NUL, b"\1") if NUL in text else text for _, text in texts)
    owners = np.array([owner for owner, _ in texts], np.int64)
    return stretches(View(data, owners), text_mask(data), SHORTEST)


def text_mask(data: bytes) -> Bytes:
    """1 for each byte that is part of a text, 0 for control characters and what cannot be UTF-8."""
    mask = np.frombuffer(bytearray(data.translate(_TEXT)), np.uint8)
    if not data.isascii():
        octets = np.frombuffer(data, np.uint8)
        high, follows = octets >= 0x80, (octets & 0xC0) == 0x80
        leads = high & ~follows
        mask[1:] &= ~(follows[1:] & ~high[:-1])
        mask[:-1] &= ~(leads[:-1] & ~follows[1:])
        mask[-1:] &= ~leads[-1:]
    return mask


def runs(mask: Bytes, shortest: int) -> tuple[Positions, Positions]:
    """Start and end (exclusive) of the runs of at least `shortest` ones."""
    left = len(mask) - shortest + 1
    if left <= 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    whole, width = mask, 1
    while width < shortest:  # each round says of twice as many bytes that all are ones
        step = min(width, shortest - width)
        whole, width = whole[:-step] & whole[step:], width + step
    edges = np.flatnonzero(whole[1:] != whole[:-1]) + 1
    edges = np.concatenate([[0] if whole[0] else edges[:0], edges, [len(whole)] if whole[-1] else edges[:0]])
    return edges[0::2], edges[1::2] + (shortest - 1)


def cut(data: bytes, starts: Positions, ends: Positions, owners: Positions) -> View:
    """The view of some stretches of a buffer."""
    return View(NUL.join([data[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]), owners)


def stretches(view: View, mask: Bytes, shortest: int) -> View:
    """The view of the stretches where the mask holds for at least `shortest` bytes."""
    starts, ends = runs(mask, shortest)
    return cut(view.data, starts, ends, view.owners_at(starts))
