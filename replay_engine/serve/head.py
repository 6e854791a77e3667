"""The head of an answer as text: reading a field, and making another head of it."""

from __future__ import annotations

import re
from collections.abc import Callable


def value_of(head: bytes, name: bytes) -> bytes | None:
    """The value of the first field with this name (in any case), None if there is none."""
    found = re.search(rb"\r\n" + re.escape(name) + rb":[ \t]*([^\r\n]*?)[ \t]*\r\n", head, re.IGNORECASE)
    return found[1] if found else None


def remade(head: bytes, status: bytes, keep: Callable[[bytes], bool], *lines: bytes) -> bytes:
    """Another status line ("206 Partial Content"), the fields whose name in lower case is kept, and more lines."""
    fields = head[:-4].split(b"\r\n")[1:]
    kept = [field for field in fields if keep(field.partition(b":")[0].lower())]
    return b"\r\n".join([b"HTTP/1.1 " + status, *kept, *lines, b"", b""])
