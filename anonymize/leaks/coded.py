"""What a view says if it is read as base64, base64url or hex: all of it at once, at every alignment (RFC 4648).

Each pair of neighbouring characters holds the bits of one byte, so the bytes of all alignments are computed on whole
arrays; a byte of which a character is missing or none of the alphabet becomes NUL.
"""

from __future__ import annotations

import string

import numpy as np

from smartsandbox.anonymize.leaks.fingerprints import Bytes, Positions
from smartsandbox.anonymize.leaks.needles import SHORTEST
from smartsandbox.anonymize.leaks.view import CUT, NUL, View, runs, text_mask

EDGE = b"\1"
"""A character of no alphabet, in the place of CUT."""
_NONE = 255
_BASE64_CHARACTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
_SHORTEST_BASE64, _SHORTEST_HEX = SHORTEST * 4 // 3, SHORTEST * 2


def _table(digits: dict[str, int]) -> bytes:
    return bytes(digits.get(chr(byte), _NONE) for byte in range(256))


_BASE64 = _table({char: at for at, char in enumerate(_BASE64_CHARACTERS)} | {"-": 62, "_": 63})
_HEX = _table({char: int(char, 16) for char in string.hexdigits})


Seen = set[tuple[int, bytes]]
"""Stretches that were decoded before, with their owners: undoing an escape leaves most of them as they were."""


def as_base64(view: View, seen: Seen) -> View:
    """The texts in it as base64 or base64url, mixed as they may be, with or without padding."""
    return _decoded(view, seen, _BASE64, _SHORTEST_BASE64, ((2, 4), (4, 2), (6, 0)), 4)


def as_hex(view: View, seen: Seen) -> View:
    """The texts in it as hexadecimal digits of either case."""
    return _decoded(view, seen, _HEX, _SHORTEST_HEX, ((4, 0),), 2)


def _decoded(
    view: View, seen: Seen, table: bytes, shortest: int, shifts: tuple[tuple[int, int], ...], characters: int
) -> View:
    """`shifts`: for each byte of a group, how far its first character moves left and its second right."""
    coded = _coded(view, seen, table, shortest)
    if not coded.data:
        return coded
    padded = np.frombuffer((coded.data + NUL * (2 * characters)).translate(table), np.uint8)
    pairs = [_pairs(padded, left, right) for left, right in shifts]
    views = [_aligned(coded, pairs, at, characters) for at in range(characters)]
    found = [one for one in views if one.data]
    return View(NUL.join(one.data for one in found), np.concatenate([view.owners[:0], *(one.owners for one in found)]))


def _coded(view: View, seen: Seen, table: bytes, shortest: int) -> View:
    """The stretches in the alphabet that were not seen before, with EDGE where the text was cut beside them."""
    digits = np.frombuffer(view.data.translate(table), np.uint8)
    starts, ends = runs((digits != _NONE).view(np.uint8), shortest)
    owners, data = view.owners_at(starts).tolist(), view.data
    pieces = ((owner, _marked(data, a, b)) for owner, a, b in zip(owners, starts.tolist(), ends.tolist(), strict=True))
    new = [piece for piece in dict.fromkeys(pieces) if piece not in seen]
    seen.update(new)
    return View(NUL.join(piece for _, piece in new), np.array([owner for owner, _ in new], np.int64))


def _marked(data: bytes, start: int, end: int) -> bytes:
    left = EDGE if data.endswith(CUT, 0, start) else b""
    return left + data[start:end] + (EDGE if data.startswith(CUT, end) else b"")


def _pairs(digits: Bytes, left: int, right: int) -> Bytes:
    """The byte made of each digit and the next; NUL if either is none."""
    first, second = digits[:-1], digits[1:]
    known = ((first != _NONE) & (second != _NONE)).view(np.uint8)
    made: Bytes = ((first << np.uint8(left)) | (second >> np.uint8(right))) * known
    return made


def _aligned(coded: View, pairs: list[Bytes], at: int, characters: int) -> View:
    groups = (len(pairs[0]) - at - len(pairs)) // characters + 1
    data = np.empty(groups * len(pairs), np.uint8)
    for byte, pair in enumerate(pairs):
        data[byte :: len(pairs)] = pair[at + byte :: characters][:groups]
    raw = data.tobytes()
    starts, ends = runs(text_mask(raw), SHORTEST)
    first = _source(starts, at, len(pairs), characters)
    behind = _source(ends - 1, at, len(pairs), characters) + 2
    pieces = [
        (CUT if EDGE in coded.data[max(0, before - characters) : before] else b"")
        + raw[start:end]
        + (CUT if EDGE in coded.data[after : after + characters] else b"")
        for start, end, before, after in zip(
            starts.tolist(), ends.tolist(), first.tolist(), behind.tolist(), strict=True
        )
    ]
    return View(NUL.join(pieces), coded.owners_at(first))


def _source(positions: Positions, at: int, width: int, characters: int) -> Positions:
    """Where the first character of each decoded byte stands."""
    return at + positions // width * characters + positions % width
