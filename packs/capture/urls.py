"""A recorded URL taken apart into what the trace keeps of it, without changing what stood on the wire.

Own splitting, because the standard library's drops tabs, folds Unicode and raises on hosts that redaction has broken.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote

from smartsandbox.packs.capture.header_lines import clean_text
from smartsandbox.packs.errors import UnreadableError

DEFAULT_PORTS = {"http": 80, "https": 443}

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL)
_PORT = re.compile(r":([0-9]*)$")
_HOST = re.compile(r"[!-~]+")
_NOT_IN_HOST = frozenset('/?#@\\"[]:')
# What browsers leave as it is in a path and in a query (WHATWG URL, percent-encode sets); "%" is already an escape.
_IN_PATH = "/!$%&'()*+,-.:;=@[\\]^_|~"
_IN_QUERY = _IN_PATH + "?`{}"


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of a URL, ready for a Request. `userinfo` is as written, "" if there was none."""

    scheme: str
    host: str
    path: str
    query: str
    userinfo: str = ""


def split_url(url: str) -> Address:
    """Take a URL apart; its fragment, which never travels, is left out. Raises UnreadableError if it is not HTTP."""
    match = _URL.fullmatch(clean_text(url).strip())
    if match is None:
        raise UnreadableError("url", "the URL is not absolute")
    scheme, authority, path, query = match.group(1).lower(), match.group(2) or "", match.group(3), match.group(4) or ""
    if scheme in ("ws", "wss"):
        raise UnreadableError("url", "a WebSocket, which is not an exchange")
    if scheme not in DEFAULT_PORTS:
        raise UnreadableError("url", f"the URL is not HTTP but {_known(scheme)}")
    userinfo, _, host = authority.rpartition("@")
    return Address(scheme, normal_host(host, scheme), encode_path(path), encode_query(query), userinfo)


def normal_host(host: str, scheme: str) -> str:
    """Lower case, the port only if it is not the scheme's own. Raises UnreadableError if no request could name it."""
    port = ""
    match = _PORT.search(host)
    if match:
        host, port = host[: match.start()], match.group(1)
    name = _bracketed(host) if host.startswith("[") else _named(host)
    if not port or int(port) == DEFAULT_PORTS.get(scheme):
        return name
    if len(port) > 5 or int(port) > 65535:
        raise UnreadableError("url", "the port is not 0 to 65535")
    return f"{name}:{int(port)}"


def encode_path(path: str) -> str:
    """Percent-encode what cannot stand in a path, keep what is encoded; "" becomes "/"."""
    encoded = quote(clean_text(path), safe=_IN_PATH)
    return encoded if encoded.startswith("/") or encoded == "*" else f"/{encoded}"


def encode_query(query: str) -> str:
    """Percent-encode what cannot stand in a query, keep what is encoded."""
    return quote(clean_text(query), safe=_IN_QUERY)


def _bracketed(host: str) -> str:
    try:
        return f"[{ipaddress.IPv6Address(host.removeprefix('[').removesuffix(']')).compressed}]"
    except ValueError as error:
        raise UnreadableError("url", "the host is not a valid IPv6 address") from error


def _named(host: str) -> str:
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise UnreadableError("url", "the host name cannot be written in ASCII") from error
    if not _HOST.fullmatch(host) or _NOT_IN_HOST.intersection(host):
        raise UnreadableError("url", "the host is missing or malformed")
    return host.lower()


def _known(scheme: str) -> str:
    schemes = ("data", "blob", "about", "file", "chrome", "chrome-extension", "moz-extension", "javascript", "ftp")
    return f'"{scheme}"' if scheme in schemes else "another scheme"
