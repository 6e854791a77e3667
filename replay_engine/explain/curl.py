"""A cURL command line as a request, as browsers' "copy as cURL" and documentation write it."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.explain.asking import Described, header_pairs

_BOUNDARY = "sandbox-boundary"
_SHORT = {
    "X": "request",
    "H": "header",
    "d": "data",
    "F": "form",
    "G": "get",
    "I": "head",
    "u": "user",
    "b": "cookie",
    "A": "user-agent",
    "e": "referer",
}
_IGNORED_SHORT = "sSkLvif#gN46"
_IGNORED_SHORT_WITH_VALUE = "omxwCDcTEKryYzt"
_WITH_VALUE = frozenset(
    {"request", "header", "data", "data-raw", "data-binary", "data-ascii", "data-urlencode", "json", "form"}
    | {"form-string", "user", "cookie", "user-agent", "referer", "url", "url-query"}
)
_IGNORED_WITH_VALUE = frozenset(
    {"output", "max-time", "connect-timeout", "proxy", "write-out", "cacert", "cert", "key", "retry", "resolve"}
    | {"limit-rate", "interface", "cookie-jar", "dump-header", "ciphers", "tls-max", "max-redirs"}
)
_FLAGS = frozenset(("get", "head"))

Option = tuple[str, str]


def described_by_curl(command: str) -> Described:
    """The request that a command line sends. Raises UsageError for what is not one."""
    try:
        words = shlex.split(command.replace("\\\r\n", " ").replace("\\\n", " ").replace(" $'", " '"))
    except ValueError as error:
        raise UsageError(f"the cURL command cannot be split into words: {str(error).lower()}") from error
    if not words or words[0].rpartition("/")[2] != "curl":
        raise UsageError("a cURL command begins with the word curl")
    return _request(list(_options(words[1:])))


def _options(words: list[str]) -> Iterator[Option]:
    """Options and their values, in order; a word that is none is the URL."""
    left = iter(words)
    for word in left:
        if word.startswith("--"):
            name, found, value = word[2:].partition("=")
            if name in _WITH_VALUE or name in _IGNORED_WITH_VALUE:
                value = value if found else next(left, "")
            if name in _WITH_VALUE or name in _FLAGS:
                yield name, value
        elif word.startswith("-") and len(word) > 1:
            yield from _short(word[1:], left)
        else:
            yield "url", word


def _short(letters: str, left: Iterator[str]) -> Iterator[Option]:
    for at, letter in enumerate(letters):
        name = _SHORT.get(letter)
        if name in _FLAGS:
            yield str(name), ""
        elif name is not None or letter in _IGNORED_SHORT_WITH_VALUE:
            value = letters[at + 1 :] or next(left, "")
            if name is not None:
                yield name, value
            return
        elif letter not in _IGNORED_SHORT:
            raise UsageError(f"curl option -{letter} is not understood here")


def _request(options: list[Option]) -> Described:
    given = dict(options)
    if "url" not in given:
        raise UsageError("the cURL command names no URL")
    url = given["url"] if "://" in given["url"] else f"http://{given['url']}"
    parts = urlsplit(url)
    headers = list(header_pairs(value for name, value in options if name == "header"))
    body, kind = _body(options)
    query = [parts.query, *(value for name, value in options if name == "url-query")]
    if "get" in given:
        query.append(body.decode())
        body, kind = b"", ""
    headers += _named(given)
    names = {name.lower() for name, _ in headers}
    if kind and "content-type" not in names:
        headers.append(("Content-Type", kind))
    method = given.get("request") or ("HEAD" if "head" in given else "POST" if body else "GET")
    host = next((value for name, value in headers if name.lower() == "host"), parts.netloc.rpartition("@")[2])
    return Described(method, parts.path or "/", "&".join(filter(None, query)), tuple(headers), body, host.lower())


def _named(given: dict[str, str]) -> Iterator[tuple[str, str]]:
    if "user" in given:
        yield "Authorization", f"Basic {base64.b64encode(given['user'].encode()).decode()}"
    for name, field in (("cookie", "Cookie"), ("user-agent", "User-Agent"), ("referer", "Referer")):
        if name in given:
            yield field, given[name]


def _body(options: list[Option]) -> tuple[bytes, str]:
    parts = [(name, value) for name, value in options if name in ("form", "form-string")]
    if parts:
        return _multipart(parts), f"multipart/form-data; boundary={_BOUNDARY}"
    pieces = [_data(name, value) for name, value in options if name == "json" or name.startswith("data")]
    if not pieces:
        return b"", ""
    if any(name == "json" for name, _ in options):
        return b"".join(pieces), "application/json"
    return b"&".join(pieces), "application/x-www-form-urlencoded"


def _data(name: str, value: str) -> bytes:
    if name == "data-raw":
        return value.encode()
    if name == "data-urlencode":
        field, found, text = value.partition("=")
        return f"{field}={quote(text)}".encode() if found and field else quote(text if found else value).encode()
    if not value.startswith("@"):
        return value.encode()
    content = _file(value[1:])
    return content if name in ("data-binary", "json") else content.replace(b"\r", b"").replace(b"\n", b"")


def _multipart(parts: list[Option]) -> bytes:
    lines = []
    for option, text in parts:
        name, _, value = text.partition("=")
        content, file = value.encode(), ""
        if option == "form" and value[:1] in ("@", "<"):
            path = value[1:].partition(";")[0]
            content = _file(path)
            file = f'; filename="{Path(path).name}"' if value[0] == "@" else ""
        head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        lines.append(head.encode() + content + b"\r\n")
    return b"".join(lines) + f"--{_BOUNDARY}--\r\n".encode()


def _file(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"the cURL command reads {name}: {error.strerror or type(error).__name__}") from error
