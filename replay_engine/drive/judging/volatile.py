"""Why a value differs between two runs of one target, and what can still be compared: kinds of volatile values.

Each kind is told from pairs of values (one run's, the other's), all of which it must fit. The first that fits is taken.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from smartsandbox.replay_engine.drive.judging.rules import Keep, is_number

Pair = tuple[Any, Any]

_JITTER = 0.05
"""A number that moves by no more than this share of itself is the same number, measured anew."""
_EPOCHS = ((1.4e9, 2.2e9), (1.4e12, 2.2e12), (1.4e15, 2.2e15))
"""Seconds, milliseconds and microseconds from 2014 to 2039."""
_STEP = 1_000_000
_FORMS = (
    ("timestamp", r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?Z|[+-]\d{2}:?\d{2})?)?"),
    ("timestamp", r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT"),
    ("timestamp", r"1[4-9]\d{8}(\d{3}|\d{6}|\.\d+)?"),
    ("uuid", r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"),
    ("ulid", r"[0-7][0-9A-HJKMNP-TV-Z]{25}"),
    ("trace id", r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"),
    ("signature", r"eyJ[\w-]+\.[\w-]+\.[\w-]*"),
    ("signature", r"t=\d+(,v\d=[0-9a-f]+)+"),
    ("signature", r"(sha1|sha256|sha512)=[0-9a-fA-F]+"),
)
_SIGNED = re.compile(r"sig(nature)?|hmac|digest|hash|checksum|md5|sha\d*|etag", re.IGNORECASE)
_TRACED = re.compile(r"(trace|span|request|correlation)[-_]?id|traceparent", re.IGNORECASE)
_RANDOM = re.compile(r"([A-Za-z]{1,16}[_-]|\")?([A-Za-z0-9_=+/.-]{6,})(\"?)")
_NUMBERED = re.compile(r"(.*?)(\d+)(\D*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Volatile:
    """A cause in words, and the rule that it calls for: `tolerance` and `pattern` as in a Rule."""

    cause: str
    keep: Keep
    tolerance: float = 0.0
    pattern: str = ""


def classified(place: str, pairs: Sequence[Pair]) -> Volatile:
    """The kind of a value that differed at a place. What no kind fits is compared by type, its cause "unexplained"."""
    if all(is_number(one) and is_number(other) for one, other in pairs):
        return _number(place, pairs)
    if all(isinstance(one, str) and isinstance(other, str) for one, other in pairs):
        return next((found for kind in _TEXTS if (found := kind(place, pairs))), UNEXPLAINED)
    return UNEXPLAINED


UNEXPLAINED = Volatile("unexplained", Keep.TYPE)


def _number(place: str, pairs: Sequence[Pair]) -> Volatile:
    if any(all(low <= value <= high for pair in pairs for value in pair) for low, high in _EPOCHS):
        return Volatile("timestamp", Keep.TYPE)
    whole = all(isinstance(value, int) for pair in pairs for value in pair)
    if whole and all(0 < other - one <= _STEP for one, other in pairs):
        return Volatile("counter", Keep.TYPE)
    if whole and place.endswith(("/id", "_id", "Id")):
        return Volatile("random number", Keep.TYPE)
    moved = max(abs(one - other) / max(abs(one), abs(other)) for one, other in pairs if one != other)
    if moved <= _JITTER:
        return Volatile("jitter", Keep.WITHIN, tolerance=_rounded_up(2 * moved))
    return Volatile("random number", Keep.TYPE)


def _rounded_up(share: float) -> float:
    """To one digit, so that a rule reads well."""
    unit = 10.0 ** math.floor(math.log10(share))
    return round(math.ceil(share / unit - 1e-9) * unit, 12)


def _of_form(place: str, pairs: Sequence[Pair]) -> Volatile | None:
    for cause, pattern in _FORMS:
        if _all(pattern, pairs):
            return Volatile(cause, Keep.REGEX, pattern=pattern)
    return None


def _of_name(place: str, pairs: Sequence[Pair]) -> Volatile | None:
    """What its place is called after, where its values look made by a machine."""
    name = place.rpartition("/")[2].rpartition(":")[2]
    for cause, names in (("trace id", _TRACED), ("signature", _SIGNED)):
        found = _random(place, pairs) if names.search(name) else None
        if found is not None:
            return Volatile(cause, Keep.REGEX, pattern=found.pattern)
    return None


def _counted(place: str, pairs: Sequence[Pair]) -> Volatile | None:
    """A number in a text that steps up: inv-0017, then inv-0018."""
    for one, other in pairs:
        mine, theirs = _NUMBERED.fullmatch(one), _NUMBERED.fullmatch(other)
        if not mine or not theirs or (mine[1], mine[3]) != (theirs[1], theirs[3]):
            return None
        if not 0 < int(theirs[2]) - int(mine[2]) <= _STEP:
            return None
    heads = {(found[1], found[3]) for pair in pairs for text in pair if (found := _NUMBERED.fullmatch(text))}
    if len(heads) != 1:
        return None
    head, tail = heads.pop()
    return Volatile("counter", Keep.REGEX, pattern=rf"{re.escape(head)}\d+{re.escape(tail)}")


def _random(place: str, pairs: Sequence[Pair]) -> Volatile | None:
    """Ids of one make: the same prefix, then letters and digits of much the same length."""
    found = [_RANDOM.fullmatch(text) for pair in pairs for text in pair]
    parts = [match.groups("") for match in found if match]
    heads, tails = {part[0] for part in parts}, {part[2] for part in parts}
    bodies = [part[1] for part in parts]
    if len(parts) < len(found) or len(heads) != 1 or len(tails) != 1 or not any(map(_has_digit, bodies)):
        return None
    letters = next(name for name in ("0-9", "0-9a-f", "0-9A-Z", "A-Za-z0-9", "A-Za-z0-9_=+/.-") if _fits(name, bodies))
    low, high = min(map(len, bodies)), max(map(len, bodies))
    size = str(low) if low == high else f"{low},{high}"
    head, tail = re.escape(heads.pop()), re.escape(tails.pop())
    return Volatile("random id", Keep.REGEX, pattern=f"{head}[{letters}]{{{size}}}{tail}")


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _fits(letters: str, texts: Sequence[str]) -> bool:
    return all(re.fullmatch(f"[{letters}]+", text) for text in texts)


def _all(pattern: str, pairs: Sequence[Pair]) -> bool:
    form = re.compile(pattern)
    return all(form.fullmatch(text) for pair in pairs for text in pair)


_TEXTS: tuple[Callable[[str, Sequence[Pair]], Volatile | None], ...] = (_of_form, _of_name, _counted, _random)
"""The kinds of text, the surest first."""
