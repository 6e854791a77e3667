"""Planted values: made-up people's values, each different, in every place of an exchange and inside given codings.

A canary is known by its core, twelve lower-case characters that occur nowhere else. Whoever finds a core in published
bytes, in whatever code, knows which place and which codings let it through.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from smartsandbox.anonymize.testing.codings import Chain, encoded
from smartsandbox.packs.model import Exchange, Message, MessageKind, Request, Response

CORE = 12
"""Characters of a core."""

_START_US = 1_700_000_000_000_000
_CONSONANTS, _VOWELS = "bcdfghjklmnpqrstvwxz", "aeiou"
_LINE = re.compile(rb"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_REASON = re.compile(rb"[\x20-\x7e]{1,123}")
_COOKIE = re.compile(rb"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+")
_HOST = re.compile(rb"[a-z0-9]{1,63}")
_TYPES = {
    "json": "application/json",
    "object key": "application/json",
    "xml": "application/xml",
    "xml attribute": "application/xml",
    "form": "application/x-www-form-urlencoded",
    "gzip": "application/gzip",
    "zstd": "application/zstd",
    "jwt": "application/jwt",
}


@dataclass(frozen=True, slots=True)
class Canary:
    """What was planted where, inside which codings (from the inside out)."""

    value: str
    place: str
    codings: tuple[str, ...]

    @property
    def core(self) -> bytes:
        """The twelve characters that it is known by."""
        return core_of(self.value)


def core_of(value: str) -> bytes:
    """The core of a canary's value."""
    return value.lower().lstrip("+").encode()[:CORE]


def _letters(draw: bytes, count: int) -> str:
    return "".join(
        (_CONSONANTS if at % 2 == 0 else _VOWELS)[byte % (20, 5)[at % 2]] for at, byte in enumerate(draw[:count])
    )


def _email(draw: bytes) -> str:
    return f"{_letters(draw, CORE)}@quillharbour.org"


def _person(draw: bytes) -> str:
    return f"{_letters(draw, 5)} {_letters(draw[5:], 6)}".title()


def _identifier(draw: bytes) -> str:
    return "k" + draw.hex()[: CORE - 1]


def _phone(draw: bytes) -> str:
    return f"+447{int.from_bytes(draw[:8], 'big') % 10**9:09d}"


KINDS: tuple[Callable[[bytes], str], ...] = (_email, _person, _identifier, _phone)


def value_for(name: str, kind: int) -> str:
    """A made-up e-mail address, person, identifier or phone, the same for the same name."""
    return KINDS[kind % len(KINDS)](hashlib.blake2b(name.encode(), digest_size=16).digest())


@dataclass(slots=True)
class Planter:
    """Plants a chain of codings in the places of one exchange, and remembers what it planted."""

    chain: Chain
    number: int
    planted: list[Canary]
    turns: int = 0

    def __call__(self, place: str, kind: int | None = None) -> bytes:
        """A new canary for a place, encoded; kinds take turns where none is given."""
        names = tuple(coding.name for coding in self.chain)
        turn = self.number + self.turns if kind is None else kind
        self.turns += kind is None
        value = value_for(f"{place}|{'|'.join(names)}", turn)
        self.planted.append(Canary(value, place, names))
        return encoded(value, self.chain)

    def where(self, place: str, fits: re.Pattern[bytes], kind: int | None = None) -> str | None:
        """The same as text, or None if this does not compose: the encoded text may not stand in the place."""
        raw = self(place, kind)
        if fits.fullmatch(raw):
            return raw.decode("ascii")
        self.planted.pop()
        self.turns -= kind is None
        return None


def plant(chains: Iterable[Chain], service: str = "tidewater") -> tuple[list[Exchange], list[Canary]]:
    """One exchange for each chain, a second and a session apart, and all that was planted in them."""
    planted: list[Canary] = []
    exchanges = []
    for number, chain in enumerate(chains):
        planter = Planter(chain, number, [])
        exchanges.append(_exchange(planter, number, service))
        planted += planter.planted
    return exchanges, planted


def _exchange(plant: Planter, number: int, service: str) -> Exchange:
    tenant = plant.where("host", _HOST, KINDS.index(_identifier))
    request = Request(
        method="POST",
        scheme="https",
        host=f"{tenant}.tidewater.test" if tenant else "api.tidewater.test",
        path=f"/v1/notes/{quote(plant('path'), safe='')}",
        query=f"kind=note&held={quote(plant('query'), safe='')}",
        headers=_request_headers(plant),
        body=plant("request body"),
    )
    reason = plant.where("reason", _LINE)
    response = Response(404 if reason else 200, reason or "OK", _response_headers(plant), plant("response body"))
    return Exchange(
        id=f"ex_{number:06d}",
        service=service,
        started_us=_START_US + number * 1_000_000,
        request=request,
        response=response,
        ttfb_us=1_000,
        total_us=2_000,
        session=f"s_{number}",
        source=f"canaries#{number}",
        messages=_messages(plant),
    )


def _messages(plant: Planter) -> tuple[Message, ...]:
    reason = plant.where("close reason", _REASON)
    end = Message(False, 30, MessageKind.CLOSE, (reason or "").encode(), 4000)
    return _message(plant("message sent"), is_sent=True), _message(plant("message received"), is_sent=False), end


def _message(payload: bytes, *, is_sent: bool) -> Message:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return Message(is_sent, 10, MessageKind.BINARY, payload)
    return Message(is_sent, 10, MessageKind.TEXT, payload)


def _request_headers(plant: Planter) -> tuple[tuple[str, str], ...]:
    lines = [
        ("Content-Type", media_type(plant.chain)),
        ("Referer", f"https://shop.tidewater.test/return?held={quote(plant('referer'), safe='')}"),
    ]
    lines += _optional("X-Held", plant.where("request header", _LINE))
    credentials = plant.where("credentials", _COOKIE)
    lines += _optional("Authorization", f"Bearer {credentials}" if credentials else None)
    cookie = plant.where("request cookie", _COOKIE)
    lines += _optional("Cookie", f"theme=dark; held={cookie or quote(plant('request cookie'), safe='')}")
    return tuple(lines)


def _response_headers(plant: Planter) -> tuple[tuple[str, str], ...]:
    lines = [
        ("Content-Type", "application/octet-stream"),
        ("Location", f"/v1/notes/{quote(plant('location'), safe='')}"),
        ("Set-Cookie", f"kept={quote(plant('response cookie'), safe='')}; Path=/; HttpOnly"),
        (
            "Set-Cookie",
            "seen=no; Expires=Wed, 14-Feb-2035 20:41:09 GMT; Secure,"
            f" joined={quote(plant('joined cookie', 0), safe='')}; Path=/,"
            f" last=1; why={quote(plant('cookie attribute', 1), safe='')}",
        ),
    ]
    return (*lines, *_optional("X-Returned", plant.where("response header", _LINE)))


def _optional(name: str, value: str | None) -> list[tuple[str, str]]:
    return [] if value is None else [(name, value)]


def media_type(chain: Sequence[object]) -> str:
    """What a body in these codings says it is; what no type is registered for goes without."""
    return _TYPES.get(getattr(chain[-1], "name", ""), "") if chain else "text/plain"
