"""What a request's head may not say: framing that two readers could take in two ways (RFC 9112), and limits.

A request that is refused here is answered once and its connection ends, so that nothing hidden behind it is read.
"""

from __future__ import annotations

from smartsandbox.replay_engine.serve.answer import Answer, problem
from smartsandbox.replay_engine.serve.options import Limits
from smartsandbox.replay_engine.serve.request import EXTENSIONS, PROTOCOL

LISTS = frozenset({b"accept-encoding", b"content-encoding", b"expect", b"transfer-encoding", PROTOCOL, EXTENSIONS})
"""Fields that are lists: a repeated one is read as one with both values (RFC 9110, 5.3)."""


def repeated(name: bytes, first: bytes, second: bytes) -> bytes:
    """What a field that stands twice says: lists are joined, two hosts are kept apart by a character that no host
    has, and of all others the first counts."""
    if name in LISTS:
        return first + b", " + second
    if name == b"cookie":
        return first + b"; " + second
    return first + b"\n" + second if name == b"host" else first


def offers_websocket(fields: dict[bytes, bytes]) -> bool:
    """True if a request without a body offers to become a WebSocket."""
    offered = [name.strip().lower() for name in fields.get(b"upgrade", b"").split(b",")]
    return b"websocket" in offered and fields.get(b"content-length", b"0") == b"0"


def refusal(fields: dict[bytes, bytes], version: str, head_bytes: int, limits: Limits) -> Answer | None:
    """The answer to a head that is refused, None for one that may pass. `version` is "1.1" and the like."""
    if head_bytes > limits.head_bytes:
        return head_too_large(limits)
    if version not in ("1.0", "1.1"):
        return problem(505, "Not HTTP/1.1", "this server speaks HTTP/1.0, HTTP/1.1 and HTTP/2")
    host = fields.get(b"host")
    if host is None and version == "1.1":
        return problem(400, "No host", "an HTTP/1.1 request has a Host field")
    if host is not None and b"\n" in host:
        return problem(400, "Two hosts", "a request has one Host field")
    coding = fields.get(b"transfer-encoding")
    if coding is not None and version == "1.0":
        return problem(400, "Not HTTP/1.0", "an HTTP/1.0 request has no Transfer-Encoding")
    if coding is not None and coding.strip().lower() != b"chunked":
        return problem(501, "Unknown transfer coding", "the only transfer coding known is chunked")
    if fields.get(b"expect", b"100-continue").strip().lower() != b"100-continue":
        return problem(417, "Expectation failed", "the only expectation known is 100-continue")
    return body_too_large(limits) if int(fields.get(b"content-length", 0)) > limits.body_bytes else None


def head_too_large(limits: Limits) -> Answer:
    """For a head, or a trailer section, over the limit."""
    return problem(431, "Header too large", f"a request's head may have {limits.head_bytes} bytes")


def body_too_large(limits: Limits) -> Answer:
    """For a body over the limit, or framing around one that is out of all proportion."""
    return problem(413, "Body too large", f"a request body may have {limits.body_bytes} bytes")


def too_slow(limits: Limits) -> Answer:
    """For a request that does not get done."""
    return problem(408, "Too slow", f"a request must be complete in {limits.request_seconds} s")


def too_many() -> Answer:
    """For a connection over the limit."""
    return problem(503, "Too many connections", "this server has as many connections as it may")


def too_much() -> Answer:
    """For a large body where those of all clients together are over the limit."""
    return problem(503, "Too many bytes", "this server holds as many bytes of unfinished requests as it may")


def failed() -> Answer:
    """For a request at which the server itself failed."""
    return problem(500, "Internal error", "answering this request failed")
