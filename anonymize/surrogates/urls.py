"""URLs, part by part: host, path segments, query values and user info take their own surrogates, common words stay.

The same id therefore has the same surrogate in a `Location` header, in a "next" link and in the path of the next
request.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import quote, unquote

from smartsandbox.anonymize.escapes import percent_text
from smartsandbox.anonymize.surrogates.accounts import ADDRESS
from smartsandbox.anonymize.surrogates.base import Base, Minter
from smartsandbox.anonymize.surrogates.draw import Draw

_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*:)?(?://(?:(?P<user>[^/?#@\s]*)@)?(?P<host>\[[^\]]*\](?::\d+)?|[^/?#\s]*))?"
    r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.DOTALL,
)
_IN_TEXT = re.compile(r"[a-z][a-z0-9+.\-]{1,15}://[^\s\"'<>,;)]+|(?<=<)/[^\s>]*(?=>)", re.IGNORECASE)
_WHOLE = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.\-]{1,20}:)?//?\S*|[\w.\-%]+/[\w./\-%?=&]*")
_EXTENSION = re.compile(r"(.+?)(\.[A-Za-z][A-Za-z0-9]{1,5})")
_KEPT_SEGMENT = re.compile(r"v\d+(?:\.\d+)?|\d{1,3}|[.~*\-]{0,2}")
_FORM = re.compile(r"[\w.\-\[\]]{1,80}=[^&\s]*(?:&[\w.\-\[\]]{1,80}=[^&\s]*)+")
_DEPTH = 3
_FILE = "file"
"""Not a surrogate class: a path segment, which may have an extension."""

_SAFE = "~!$&'()*+,;=:@{}"

Replace = Callable[[str, str], str]


class Url(Base):
    """The class "url": an absolute or relative URL, or a text with URLs in it such as a Link header."""

    name, domain, strength, joins, unique = "url", "url", 30, False, False

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """Rebuilt of the parts' surrogates."""

        def replace(class_name: str, value: str) -> str:
            if class_name == _FILE:
                return _file(value, minter)
            return value if is_kept(value, minter) else minter.of(value, class_name)

        if _WHOLE.fullmatch(canonical.strip()):
            return minter.substitute(rebuild(canonical.strip(), replace))
        found = _IN_TEXT.sub(lambda match: rebuild(match[0], replace), canonical)
        return minter.substitute(found) if found != canonical else minter.of(canonical, "token")

    def parts(self, value: str) -> Iterable[tuple[str, str]]:
        """Every part that is replaced unless it is a common word."""
        found: list[tuple[str, str]] = []

        def note(class_name: str, part: str) -> str:
            found.append((class_name, part))
            return part

        urls = [value.strip()] if _WHOLE.fullmatch(value.strip()) else [match[0] for match in _IN_TEXT.finditer(value)]
        for url in urls:
            rebuild(url, note)
        stems = (("id", _stem(part)[0]) if name == _FILE else (name, part) for name, part in found)
        return [(name, part) for name, part in stems if not _KEPT_SEGMENT.fullmatch(part)]


def _file(value: str, minter: Minter) -> str:
    """A path segment: known as a whole, or a stem and an extension, which stays."""
    spaced = value.replace("+", " ")
    if spaced != value and minter.knows(spaced) is not None:
        return minter.of(spaced, "id").replace(" ", "+")
    stem, extension = _stem(value)
    if extension and minter.knows(value) is not None:
        stem, extension = value, ""
    return (stem if is_kept(stem, minter) else minter.of(stem, "id")) + extension


def _stem(value: str) -> tuple[str, str]:
    if ADDRESS.fullmatch(value):
        return value, ""
    named = _EXTENSION.fullmatch(value)
    return (named[1], named[2]) if named and not value[0].isdigit() else (value, "")


def is_kept(part: str, minter: Minter) -> bool:
    """True for versions, short numbers and words that say nothing about a person."""
    return _KEPT_SEGMENT.fullmatch(part) is not None or (minter.knows(part) in (None, "id") and minter.is_public(part))


def rebuild(url: str, replace: Replace) -> str:
    """A URL with `replace(class, value)` in the place of every host, user, segment, query value and fragment."""
    match = _URL.fullmatch(url)
    if match is None:
        return replace("token", url)
    scheme = match["scheme"] or ""
    if scheme.lower() in ("mailto:", "tel:", "data:", "javascript:", "urn:", "about:", "blob:"):
        return _special(scheme, url[len(scheme) :], replace)
    text = scheme
    if match["host"] is not None:
        user = f"{_user_info(match['user'], replace)}@" if match["user"] else ""
        text += "//" + user + (replace("host", match["host"]) if match["host"] else "")
    text += "/".join(_segment(part, replace) for part in match["path"].split("/"))
    if match["query"] is not None:
        text += "?" + "&".join(_pair(part, replace) for part in match["query"].split("&"))
    if match["fragment"] is not None:
        text += "#" + _segment(match["fragment"], replace)
    return text


def _special(scheme: str, rest: str, replace: Replace) -> str:
    kind = scheme.lower()
    if kind == "data:":
        return "data:,"
    if kind == "about:":
        return scheme + rest
    return scheme + (replace({"mailto:": "email", "tel:": "phone"}.get(kind, "token"), rest) if rest else "")


def _user_info(raw: str, replace: Replace) -> str:
    """The user, who may be known by that name elsewhere, and the password."""
    user, colon, password = raw.partition(":")
    name = percent_text(user)
    new_user = _encoded(replace("email" if "@" in name else "username", name)) if name else ""
    return new_user + colon + (_encoded(replace("token", percent_text(password))) if password else "")


def _segment(raw: str, replace: Replace) -> str:
    if not raw:
        return raw
    value = percent_text(raw)
    changed = replace(_FILE, value)
    return raw if changed == value else _encoded(changed)


def _pair(raw: str, replace: Replace) -> str:
    key, equals, raw_value = raw.partition("=")
    name = percent_text(key, plus=True)
    new_name = replace("id", name) if name else name
    key = key if new_name == name else _encoded(new_name)
    value = percent_text(raw_value, plus=True)
    changed = _value(value, replace, 0) if value else value
    return f"{key}{equals}{raw_value if changed == value else _encoded(changed)}"


def _value(value: str, replace: Replace, depth: int) -> str:
    """A query value may be a URL, a form, or encoded once more."""
    if "://" in value:
        return rebuild(value, replace)
    if depth < _DEPTH and _FORM.fullmatch(value):
        return "&".join(_pair(part, replace) for part in value.split("&"))
    inner = unquote(value, errors="replace") if "%" in value else value
    if depth < _DEPTH and inner != value:
        changed = _value(inner, replace, depth + 1)
        return value if changed == inner else quote(changed, safe="", errors="replace")
    return replace("id", value)


def _encoded(text: str) -> str:
    return quote(text, safe=_SAFE.replace("&", "").replace("=", "").replace("+", ""), errors="replace")
