"""JSON Pointers (RFC 6901): how one key is written inside a pointer."""

from __future__ import annotations


def escaped(token: str) -> str:
    """A key as a reference token, with ~ as ~0 and / as ~1."""
    return token.replace("~", "~0").replace("/", "~1")


def unescaped(token: str) -> str:
    """The key that a reference token stands for."""
    return token.replace("~1", "/").replace("~0", "~")
