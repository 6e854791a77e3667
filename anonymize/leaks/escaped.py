"""What a view says with percent, form, HTML or JSON escapes undone.

Only the surroundings of an escape say anything new, so only they are undone, as far to both sides as a value may reach.
The codes are written anew here, over whole buffers: the check does not lean on the code that it checks.
"""

from __future__ import annotations

import html
import re
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from smartsandbox.anonymize.leaks.fingerprints import Bytes, Positions
from smartsandbox.anonymize.leaks.view import CUT, NUL, View, runs

_NO_DIGIT = 255
_DIGITS = bytes(int(chr(byte), 16) if chr(byte) in string.hexdigits else _NO_DIGIT for byte in range(256))
_ENTITY = re.compile(rb"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_JSON_UNICODE = re.compile(r"\\u([0-9a-fA-F]{4})")
_AFTER_BACKSLASH = bytes(1 if chr(byte) in '"\\/bfnrtu' else 0 for byte in range(256))
_BACKSLASH_PAIR = "\1"
_JSON_SHORT = (("\\\\", _BACKSLASH_PAIR), ('\\"', '"'), ("\\/", "/"), ("\\n", "\n"), ("\\r", "\r"), ("\\t", "\t"))


@dataclass(frozen=True, slots=True)
class Escape:
    """`marks` are the places of the escapes in a view, `undo` undoes them without changing the number of NULs.

    `holds_codes`: whether base64 or hex may come to light by undoing it.
    """

    marks: Callable[[View], Positions]
    undo: Callable[[bytes], bytes]
    holds_codes: bool = True

    def count(self, view: View) -> int:
        """How many escapes stand in a view."""
        return len(self.marks(view))


def unescaped(view: View, escapes: Sequence[Escape], reach: int) -> Iterator[tuple[View, Escape, Sequence[Escape]]]:
    """For each kind of escape in a view: what it says with them undone, the kind, and which to look for next in it.

    Only the surroundings, `reach` bytes to both sides, are undone. Of two kinds that stand in one text either may be
    undone first, so the second is not tried again behind the first unless undoing brought new ones to light.
    """
    for at, escape in enumerate(ESCAPES):
        if escape not in escapes:
            continue
        marks = escape.marks(view)
        if len(marks):
            around = _around(view, marks, reach)
            plain = View(escape.undo(around.data), around.owners)
            again = [other for other in ESCAPES[:at] if other.count(plain) > other.count(around)]
            yield plain, escape, (*again, *ESCAPES[at:])


def _around(view: View, marks: Positions, reach: int) -> View:
    """Stretches of the view, never across the end of a piece."""
    near = _widened(marks, reach, len(view.data)) & (view.octets != 0).view(np.uint8)
    starts, ends = runs(near, 1)
    octets, last = view.octets, len(view.data)
    pieces = [
        (CUT if a and octets[a - 1] else b"") + view.data[a:b] + (CUT if b < last and octets[b] else b"")
        for a, b in zip(starts.tolist(), ends.tolist(), strict=True)
    ]
    return View(NUL.join(pieces), view.owners_at(starts))


def _widened(marks: Positions, reach: int, size: int) -> Bytes:
    far = np.diff(marks) > 2 * reach
    starts = marks[np.concatenate([[True], far])] - reach
    ends = marks[np.concatenate([far, [True]])] + reach + 1
    near = np.zeros(size, np.uint8)
    for start, end in zip(starts.clip(0).tolist(), ends.tolist(), strict=True):
        near[start:end] = 1
    return near


def _percent_marks(view: View) -> Positions:
    return _percents(view.data, view.octets)


def _percents(data: bytes, octets: Bytes) -> Positions:
    marks: Positions = np.flatnonzero(octets[:-2] == ord("%"))
    digits = np.frombuffer(data.translate(_DIGITS), np.uint8) if len(marks) else octets
    escapes: Positions = marks[(digits[marks + 1] != _NO_DIGIT) & (digits[marks + 2] != _NO_DIGIT)]
    return escapes


def _undo_percent(data: bytes) -> bytes:
    octets = np.frombuffer(bytearray(data), np.uint8)
    marks = _percents(data, octets)
    digits = np.frombuffer(data.translate(_DIGITS), np.uint8)
    octets[marks] = ((digits[marks + 1] << np.uint8(4)) | digits[marks + 2]).clip(1)
    kept = np.ones(len(octets), np.bool_)
    kept[marks + 1] = kept[marks + 2] = False
    return octets[kept].tobytes()


def _plus_marks(view: View) -> Positions:
    return np.flatnonzero(view.octets == ord("+")) if b"+" in view.data else view.starts[:0]


def _undo_form(data: bytes) -> bytes:
    return _undo_percent(data.replace(b"+", b" "))


def _html_marks(view: View) -> Positions:
    return np.array([match.start() for match in _ENTITY.finditer(view.data)], np.int64)


def _undo_html(data: bytes) -> bytes:
    return _ENTITY.sub(lambda match: html.unescape(match[0].decode()).encode("utf-8", "replace"), data)


def _json_marks(view: View) -> Positions:
    if b"\\" not in view.data:
        return view.starts[:0]
    marks: Positions = np.flatnonzero(view.octets[:-1] == ord("\\"))
    return marks[np.frombuffer(view.data.translate(_AFTER_BACKSLASH), np.bool_)[marks + 1]]


def _undo_json(data: bytes) -> bytes:
    text = data.decode("utf-8", "ignore")
    for escape, meant in _JSON_SHORT:
        text = text.replace(escape, meant)
    if "\\u" in text:
        text = _JSON_UNICODE.sub(lambda match: chr(int(match[1], 16) or 1), text)
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace(_BACKSLASH_PAIR, "\\").encode()


ESCAPES: tuple[Escape, ...] = (
    Escape(_percent_marks, _undo_percent),
    Escape(_plus_marks, _undo_form, holds_codes=False),
    Escape(_html_marks, _undo_html),
    Escape(_json_marks, _undo_json),
)
