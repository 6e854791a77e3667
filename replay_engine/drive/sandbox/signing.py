"""Requests signed anew with the sandbox's keys: JSON Web Tokens, and signatures over bodies as webhooks carry them.

A signature is made over what is sent, after every other change. Keys come from the caller and stay in memory.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass, field
from typing import Any, Protocol

import jwt

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.drive.correlation.draft import Draft
from smartsandbox.replay_engine.drive.sandbox.place import RequestPlace

_LIFETIME = 3600.0
_MOST_TOKENS = 10_000
_TIMES = ("iat", "nbf", "auth_time", "exp")


class Signer(Protocol):
    """Signs one thing in a request."""

    @property
    def place(self) -> RequestPlace | None:
        """Where the credential stands that it signs; None if it is no credential."""
        ...

    def sign(self, draft: Draft, now: float) -> None:
        """Change what it signs; `now` is Unix seconds. A request without it stays as it is."""
        ...


@dataclass(frozen=True, slots=True)
class JwtSigner:
    """Signs the JSON Web Tokens that requests carry at a place. Claims stay, but for the times: `iat` becomes now, and
    `exp`, `nbf` and `auth_time` keep their distance to it. A token is signed once and used for half of its life."""

    place: RequestPlace
    algorithm: str
    key: str = field(repr=False)
    key_id: str = ""
    _signed: dict[str, tuple[float, str]] = field(default_factory=dict, repr=False, compare=False)

    def sign(self, draft: Draft, now: float) -> None:
        """See Signer."""
        self.place.change(draft, lambda token: self._anew(token, now))

    def _anew(self, token: str, now: float) -> str:
        until, made = self._signed.get(token, (0.0, ""))
        if now < until:
            return made
        claims = _claims(token)
        if claims is None:
            return token
        life = _move(claims, now)
        kept = {name: value for name, value in jwt.get_unverified_header(token).items() if name not in ("alg", "kid")}
        made = jwt.encode(claims, self.key, self.algorithm, kept | ({"kid": self.key_id} if self.key_id else {}))
        if len(self._signed) >= _MOST_TOKENS:
            self._signed.clear()
        self._signed[token] = (now + life / 2, made)
        return made


def _claims(token: str) -> dict[str, Any] | None:
    """The claims of a token, None if it is no JSON Web Token."""
    try:
        found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return None
    return found


def _move(claims: dict[str, Any], now: float) -> float:
    """Move the times of claims to now; gives how long they are good for, in seconds."""
    times = {name: value for name in _TIMES if isinstance(value := claims.get(name), int | float)}
    if not times:
        return _LIFETIME
    issued = times.get("iat", times.get("nbf", times.get("auth_time", times.get("exp", 0.0) - _LIFETIME)))
    for name, value in times.items():
        claims[name] = int(now + value - issued)
    return max(1.0, float(claims.get("exp", now + _LIFETIME)) - now)


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a signature is made: over `signed`, in which {timestamp} and {body} stand, and written as `value`, in which
    {timestamp}, {hex} and {base64} do. `clock` is a header that carries the timestamp as well."""

    signed: str
    value: str
    clock: str = ""


SCHEMES = {
    "stripe": Scheme("{timestamp}.{body}", "t={timestamp},v1={hex}"),
    "github": Scheme("{body}", "sha256={hex}"),
    "slack": Scheme("v0:{timestamp}:{body}", "v0={hex}", "x-slack-request-timestamp"),
    "hex": Scheme("{body}", "{hex}"),
    "base64": Scheme("{body}", "{base64}"),
}
"""Schemes of HMAC-SHA256 signatures by the names that rules call them."""


@dataclass(frozen=True, slots=True)
class BodySigner:
    """Signs the body of requests that carry a signature in a header (its name in lower case)."""

    header: str
    scheme: Scheme
    key: str = field(repr=False)

    place = None

    def sign(self, draft: Draft, now: float) -> None:
        """See Signer."""
        if draft.header(self.header) is None:
            return
        timestamp = str(int(now))
        head, _, tail = self.scheme.signed.replace("{timestamp}", timestamp).partition("{body}")
        made = hmac.digest(self.key.encode(), head.encode() + draft.body_as_sent + tail.encode(), "sha256")
        filled = {"timestamp": timestamp, "hex": made.hex(), "base64": base64.b64encode(made).decode()}
        value = self.scheme.value.format_map(filled)
        draft.set_header(self.header, value)
        if self.scheme.clock:
            draft.set_header(self.scheme.clock, timestamp)


def checked_key(algorithm: str, key: str, what: str) -> None:
    """Raises UsageError if a key cannot sign by an algorithm; `what` names the rule."""
    try:
        jwt.encode({}, key, algorithm)
    except Exception as error:  # every library under it has its own kinds, and their texts may quote a key
        raise UsageError(f"{what}: its key does not sign by {algorithm} ({type(error).__name__})") from None
