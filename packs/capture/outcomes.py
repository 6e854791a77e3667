"""What a recorder's words for a failed exchange mean: net::ERR_CONNECTION_RESET, "timed out", and so on."""

from __future__ import annotations

import re

from smartsandbox.packs.model import FailureKind

NEVER_SENT = re.compile(r"BLOCKED_BY|CACHE_MISS|UNSAFE_PORT|DISALLOWED_URL", re.IGNORECASE)
"""The client refused to send: nothing reached a network."""

# First match wins, so the narrower words stand first.
_KINDS: tuple[tuple[re.Pattern[str], FailureKind], ...] = (
    (re.compile(r"time[d_ -]*out|ETIMEDOUT|ESOCKETTIMEDOUT", re.IGNORECASE), FailureKind.TIMEOUT),
    (
        re.compile(
            r"refused|unreachable|name.not.resolved|name.resolution|getaddrinfo|ENOTFOUND|no route|"
            r"INTERNET_DISCONNECTED|ADDRESS_|CONNECTION_FAILED|PROXY_|TUNNEL_|SSL_|CERT|tls|handshake|"
            r"cannot connect|could not connect|connect call failed|NETWORK_CHANGED",
            re.IGNORECASE,
        ),
        FailureKind.CONNECT,
    ),
    (
        re.compile(r"CONTENT_LENGTH_MISMATCH|INCOMPLETE|CONTENT_DECODING|short read|truncat|premature", re.IGNORECASE),
        FailureKind.TRUNCATED,
    ),
    (
        re.compile(
            r"reset|ECONNRESET|hang up|closed|killed|EMPTY_RESPONSE|HTTP2|QUIC|protocol|broken pipe|disconnect|goaway",
            re.IGNORECASE,
        ),
        FailureKind.RESET,
    ),
)


def failure_of(words: str) -> FailureKind | None:
    """The kind of failure that an error text speaks of, None if it is not known."""
    return next((kind for pattern, kind in _KINDS if pattern.search(words)), None)
