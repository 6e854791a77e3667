"""What of a recorded answer has to change for the request that it answers: ids, values that it repeats, and names.

Only whole values of a JSON body and ids in its texts and links are changed; every other byte stays. A short id, which
could be a count as well, is changed only under a name that says it is one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote

from smartsandbox.packs.endpoints import looks_like_id
from smartsandbox.packs.follow import looks_issued
from smartsandbox.packs.matching.fields import Number, canonical_number
from smartsandbox.packs.matching.ids import names_an_id

_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)')
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")


@dataclass(frozen=True)
class Echo:
    """`ids` maps recorded ids to asked ones. `repeats` maps a field's name and its recorded value to the asked value,
    typed as in `Field`. `names` maps keys of the answer (GraphQL's aliases)."""

    ids: Mapping[str, str] = field(default_factory=dict)
    repeats: Mapping[tuple[str, str], str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.ids or self.repeats or self.names)

    @cached_property
    def _telling(self) -> re.Pattern[str] | None:
        """The ids that can be told from other text wherever they stand."""
        texts = sorted((text for text in self.ids if _tells(text)), key=len, reverse=True)
        return (
            re.compile(rf"(?<![A-Za-z0-9_-])(?:{'|'.join(map(re.escape, texts))})(?![A-Za-z0-9_-])") if texts else None
        )

    def body(self, body: bytes) -> bytes:
        """An answer's body for the one who asked."""
        if not body or not self:
            return body
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return body
        if text.lstrip()[:1] in ("{", "["):
            return _TOKEN.sub(self._token(), text).encode("utf-8", "surrogatepass")
        return self._inside(text, str).encode("utf-8", "surrogatepass")

    def header(self, line: bytes) -> bytes:
        """A header line for the one who asked; ids are percent-encoded, so that no line can end early."""
        return self._inside(line.decode("latin-1"), _quoted).encode("latin-1")

    def _token(self) -> Callable[[re.Match[str]], str]:
        name = ""

        def told(match: re.Match[str]) -> str:
            nonlocal name
            token, colon, number = match.groups()
            if number is not None:
                return self._number(name, number)
            text = _unquoted(token)
            if colon is not None:
                name = text
                return json.dumps(self._key(text)) + colon if self._key(text) != text else match[0]
            new = self._text(name, text)
            if isinstance(new, Number):
                return new
            return token if new == text else json.dumps(new)

        return told

    def _key(self, text: str) -> str:
        return self.names.get(text) or (self.ids[text] if text in self.ids and _tells(text) else text)

    def _text(self, name: str, text: str) -> str | Number:
        if text in self.ids and (_tells(text) or names_an_id(name)):
            return self.ids[text]
        repeated = self.repeats.get((name, f"s:{text}"))
        return self._inside(text, str) if repeated is None else _value(repeated)

    def _number(self, name: str, number: str) -> str:
        text = canonical_number(number)
        if text in self.ids and names_an_id(name):
            new = self.ids[text]
            return new if _NUMBER.fullmatch(new) else json.dumps(new)
        repeated = self.repeats.get((name, f"n:{text}"))
        if repeated is None:
            return number
        value = _value(repeated)
        return value if isinstance(value, Number) else json.dumps(value)

    def _inside(self, text: str, spell: Callable[[str], str]) -> str:
        return text if self._telling is None else self._telling.sub(lambda match: spell(self.ids[match[0]]), text)


def _tells(text: str) -> bool:
    return len(text) > 4 and (looks_issued(text) or looks_like_id(text))


def _quoted(text: str) -> str:
    return quote(text, safe="-._~:@!$&'()*+,=")


def _unquoted(token: str) -> str:
    if "\\" not in token:
        return token[1:-1]
    try:
        return str(json.loads(token))
    except ValueError:
        return token[1:-1]


def _value(typed: str) -> str | Number:
    return Number(typed[2:]) if typed.startswith("n:") else typed[2:]
