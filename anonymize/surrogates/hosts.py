"""Hosts and addresses of the net: example domains and documentation ranges, so that nothing ever resolves."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from smartsandbox.anonymize.surrogates.base import Base, Minter
from smartsandbox.anonymize.surrogates.draw import Draw
from smartsandbox.anonymize.wordlist import words

_PORT = re.compile(r":\d{1,5}$")
_SECOND_LEVEL = frozenset(["co", "com", "org", "net", "ac", "gov", "edu", "gob", "go", "ne", "or"])
_EXAMPLE = ("example.com", "example.org", "example.net")
PUBLIC_HOSTS = frozenset(
    words(
        "localhost www.w3.org w3.org schemas.xmlsoap.org json-schema.org tools.ietf.org schema.org example.com "
        "example.org example.net 127.0.0.1 0.0.0.0 ::1 [::1]"
    )
)

_LOOPBACK = frozenset("1:[0")
"""What a loopback or unspecified address begins with."""


class Host(Base):
    """A host name under an example domain. Common labels ("api", "www") stay, so do port and leading dot."""

    name, domain, strength = "host", "host", 45

    def narrow(self, value: str) -> str:
        """An address is no name."""
        return "ip" if is_address(self.canonical(value)) else self.name

    def canonical(self, value: str) -> str:
        """Lower case, without port and leading dot."""
        return _PORT.sub("", value.strip().lower()).lstrip(".").rstrip(".")

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """A sub-domain stands under the surrogate of its domain."""
        if canonical in PUBLIC_HOSTS:
            return canonical
        if is_address(canonical):
            return minter.of(canonical, "ip")
        labels = canonical.split(".")
        own = registrable_labels(labels)
        if len(labels) > own:
            parent = minter.of(".".join(labels[1:]), "host")
            label = (
                labels[0] if not draw.attempt and _is_common(labels[0], minter) else draw.word(2 + draw.attempt // 4)
            )
            return f"{label}.{parent}"
        word = draw.word(2 + draw.attempt // 4)
        return word if len(labels) == 1 else f"{word}.{draw.choice(_EXAMPLE)}"

    def dress(self, surrogate: str, value: str) -> str:
        """Port and leading dot as in the original."""
        text = value.strip()
        port = _PORT.search(text)
        tail = port[0] if port and not _is_bare_v6(text) else ""
        return ("." if text.startswith(".") else "") + surrogate + tail

    def parts(self, value: str) -> Iterable[tuple[str, str]]:
        """The domain that the host stands under."""
        labels = self.canonical(value).split(".")
        if not is_address(".".join(labels)) and len(labels) > registrable_labels(labels):
            yield "host", ".".join(labels[1:])


def is_public_host(text: str) -> bool:
    """True for a host or an address, with a port or without, that is the same on every machine or stands for none."""
    bare = _PORT.sub("", text)
    return text in PUBLIC_HOSTS or bare in PUBLIC_HOSTS or (bare[:1] in _LOOPBACK and _is_loopback(_without_port(text)))


def _is_loopback(text: str) -> bool:
    if not is_address(text):
        return False
    address = ipaddress.ip_address(text.strip("[]"))
    return address.is_loopback or address.is_unspecified


def _is_common(label: str, minter: Minter) -> bool:
    return minter.is_public(label) and not label.isdigit()


def _is_bare_v6(text: str) -> bool:
    return text.count(":") > 1 and not text.startswith("[")


def registrable_labels(labels: list[str]) -> int:
    """How many labels at the end one owner registers: two, or three under a second level such as co.uk."""
    return 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2


def is_address(text: str) -> bool:
    """True for an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True


_IN_TEXT = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?![\w:])")


def _without_port(value: str) -> str:
    """The text without a port, which an IPv6 address has only behind brackets."""
    text = value.strip()
    return text if is_address(text) else _PORT.sub("", text)


_AROUND = re.compile(r"(?:\s|[,;=\"\[\]:]|for|by|proto|https?|unknown|_hidden|\d{1,5})*", re.IGNORECASE)
_V4 = ("192.0.2.", "198.51.100.", "203.0.113.")


class Ip(Base):
    """An address in a documentation range (RFC 5737, RFC 3849); when those are full, in the benchmark range (RFC
    2544).
    """

    name, domain, strength = "ip", "ip", 65

    def narrow(self, value: str) -> str:
        """A text without an address, or with other words around it, is opaque."""
        if is_address(_without_port(value)):
            return self.name
        found = any(is_address(found) for found in _IN_TEXT.findall(value))
        return self.name if found and _AROUND.fullmatch(_IN_TEXT.sub("", value)) else "token"

    def canonical(self, value: str) -> str:
        """As the address module writes it; other text as it is."""
        bare = _without_port(value)
        return str(ipaddress.ip_address(bare.strip("[]"))) if is_address(bare) else value.strip()

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """A list of addresses is replaced one by one; loopback stays."""
        if not is_address(canonical):
            return _IN_TEXT.sub(
                lambda match: minter.of(match[0], "ip") if is_address(match[0]) else match[0], canonical
            )
        if _is_loopback(canonical):
            return canonical
        if ipaddress.ip_address(canonical).version == 6:
            return str(ipaddress.IPv6Address((0x20010DB8 << 96) + draw.below(1 << 64)))
        if draw.attempt < 8:
            return f"{draw.choice(_V4)}{draw.between(1, 254)}"
        return f"198.{draw.between(18, 19)}.{draw.below(256)}.{draw.between(1, 254)}"

    def dress(self, surrogate: str, value: str) -> str:
        """In brackets and with a port if it was."""
        text = value.strip()
        port = text[len(_without_port(text)) :] if is_address(_without_port(text)) else ""
        return (f"[{surrogate}]" if text.startswith("[") and is_address(surrogate) else surrogate) + port

    def parts(self, value: str) -> Iterable[tuple[str, str]]:
        """The addresses of a list."""
        if not is_address(_without_port(value)):
            yield from (("ip", match[0]) for match in _IN_TEXT.finditer(value) if is_address(match[0]))
