"""HTTP/2 fields as the parts of a live request, and the head of an answer as HTTP/2 fields (RFC 9113, 8)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from smartsandbox.replay_engine.heads import HOP_BY_HOP
from smartsandbox.replay_engine.serve.framing import repeated
from smartsandbox.replay_engine.serve.request import READ, LiveRequest

Fields = list[tuple[bytes, bytes]]

_DROPPED = frozenset(name.encode() for name in HOP_BY_HOP)
_NOT_IN_A_VALUE = (b"\r", b"\n", b"\0")


def request_of(
    fields: Iterable[tuple[bytes, bytes]], begun: float, read: Collection[bytes] = READ
) -> LiveRequest | None:
    """The request that a field section describes, with the fields in `read`, without its body; None if malformed."""
    special: dict[bytes, bytes] = {}
    kept: dict[bytes, bytes] = {}
    for name, value in fields:
        if name[:1] == b":":
            special[bytes(name)] = bytes(value)
        elif name in read:
            kept[bytes(name)] = repeated(name, kept[name], value) if name in kept else bytes(value)
    authority = special.get(b":authority")
    if authority:
        kept[b"host"] = authority
    method, target = special.get(b":method", b""), special.get(b":path", b"")
    values = (method, target, *kept.values())
    if (
        not method.replace(b"-", b"").isalnum()
        or not _is_target(target)
        or any(bad in value for value in values for bad in _NOT_IN_A_VALUE)
    ):
        return None
    return LiveRequest(method.decode("ascii"), target, kept, b"", begun)


def _is_target(target: bytes) -> bool:
    return target[:1] == b"/" or target == b"*"


def status_of(head: bytes) -> int:
    """The status in the head of an answer."""
    return int(head[9:12])


def fields_of(head: bytes) -> Fields:
    """The head of an answer as fields: names in lower case, without what belongs to one HTTP/1.1 connection."""
    lines = head[:-4].split(b"\r\n")
    fields: Fields = [(b":status", lines[0][9:12])]
    for line in lines[1:]:
        name, _, value = line.partition(b":")
        lower = name.lower()
        if lower not in _DROPPED:
            fields.append((lower, value.strip()))
    return fields
