"""Login names and e-mail addresses, built of the surrogates of the name words inside them where those are known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from smartsandbox.anonymize.lexicon import load
from smartsandbox.anonymize.surrogates.base import Base, Minter, fold
from smartsandbox.anonymize.surrogates.draw import Draw
from smartsandbox.anonymize.wordlist import words

_LONGEST_LOCAL = 64
"""RFC 5321, 4.5.3.1.1: so far before an @, in whatever stands there, is looked for where an address begins."""
_LOCAL = rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.\-\u00a1-\uffff]{{1,{_LONGEST_LOCAL}}}"
_DOMAIN = r"@[A-Za-z0-9\-\u00a1-\uffff]+(?:\.[A-Za-z0-9\-\u00a1-\uffff]+)*"
EMAIL = re.compile(_LOCAL + _DOMAIN)
ADDRESS = re.compile(rf"[A-Za-z0-9._%+\-]{{1,{_LONGEST_LOCAL}}}@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{{2,}}")
"""An address as it stands in the midst of other text, with a domain that could exist."""

_BEFORE, _FROM = re.compile(_LOCAL + r"\Z"), re.compile(_DOMAIN)
_WORDS = re.compile(r"[^\W\d_]{2,}")
_NAME_CLASSES = ("first_name", "last_name")
_ROLE_ADDRESSES = frozenset(
    words("info admin support sales contact hello office billing noreply no-reply help team test")
)


def emails_in(text: str) -> Iterator[str]:
    """What EMAIL finds in a text, in time linear in it: only what stands around an @ is looked at."""
    end, at = 0, text.find("@")
    while at >= 0:
        local = _BEFORE.search(text, max(end, at - _LONGEST_LOCAL), at)
        domain = None if local is None else _FROM.match(text, at)
        if local is not None and domain is not None:
            end = domain.end()
            yield text[local.start() : end]
        at = text.find("@", max(end, at + 1))


class Username(Base):
    """A login name or the local part of an address."""

    name, domain, strength = "username", "username", 55

    def canonical(self, value: str) -> str:
        """NFC, lower case."""
        return fold(value)

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """Name words inside take their surrogates; otherwise a name and a number."""
        known = [match[0] for match in _WORDS.finditer(canonical) if minter.knows(match[0]) in _NAME_CLASSES]
        tail = str(draw.between(10, 99 if draw.attempt < 3 else 999_999)) if draw.attempt else ""
        if known:
            separator = next((char for char in "._-" if char in canonical), ".")
            return separator.join(minter.of(word, "first_name").lower() for word in known) + tail
        return (
            f"{draw.choice(load('given')).lower()}{separator_of(canonical)}{draw.word(1)}{tail or draw.between(1, 99)}"
        )


def separator_of(text: str) -> str:
    """The first separator of a login name, or none."""
    return next((char for char in text if char in "._-"), "")


class Email(Base):
    """An address in an example domain; the words around it ("Ann <ann@...>") are rewritten too."""

    name, domain, strength = "email", "email", 80

    def narrow(self, value: str) -> str:
        """Without an address in it, a login name."""
        return self.name if EMAIL.search(value) else "username"

    def canonical(self, value: str) -> str:
        """The bare address, lower case."""
        match = EMAIL.search(value)
        return fold(match[0] if match else value)

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """Surrogate of the local part at the surrogate of the domain."""
        local, _, domain = canonical.rpartition("@")
        tail = f"{draw.below(10 ** min(9, draw.attempt + 1))}" if draw.attempt else ""
        name = local if local in _ROLE_ADDRESSES else minter.of(local, "username")
        host = minter.of(domain, "host")
        return f"{re.sub(r'[^a-z0-9._+-]', '', name.lower()) or 'user'}{tail}@{host}"

    def dress(self, surrogate: str, value: str) -> str:
        """The address alone, or in its place between what stood around it, which is not kept."""
        match = EMAIL.search(value)
        if match is None or match[0] == value.strip():
            return surrogate.upper() if value.isupper() else surrogate
        return f"<{surrogate}>" if "<" in value else surrogate

    def parts(self, value: str) -> Iterable[tuple[str, str]]:
        """Local part and domain."""
        local, at, domain = self.canonical(value).rpartition("@")
        if at:
            yield "host", domain
            if len(local) >= 4 and local not in _ROLE_ADDRESSES:
                yield "username", local
