"""Logging in at a sandbox before a run: its token stands in each caller's requests instead of the recorded credential.

A caller is a credential of the pack (packs.key). Each one logs in once; a caller whose credentials are all bound to
recorded answers, such as a recorded login, does not.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from smartsandbox.packs.errors import NotReadyError
from smartsandbox.packs.places import Answer
from smartsandbox.replay_engine.clock import Clock
from smartsandbox.replay_engine.drive.ask import ask
from smartsandbox.replay_engine.drive.sandbox.place import RequestPlace
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.heads import wire_text

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
CALLER = "CALLER"
"""The variable that counts the callers of a run from 1, so that each can be a test user of its own."""
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Login:
    """A request and where in its answer the token stands. `${NAME}` in headers and body is the environment's value."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: str
    token: str
    into: RequestPlace
    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    def message(self, target: Target, caller: int) -> bytes:
        """The request of one caller."""
        values = {**self.values, CALLER: str(caller)}

        def filled(text: str) -> str:
            return VARIABLE.sub(lambda match: values[match[1]], text)

        body = filled(self.body).encode()
        headers = (("Host", target.authority), *self.headers, ("Content-Length", str(len(body))))
        lines = [wire_text(f"{name}: {filled(value)}") for name, value in headers]
        first = wire_text(f"{self.method} {target.prefix}{self.path} HTTP/1.1")
        return b"\r\n".join((first, *lines, b"", body))


async def log_in(login: Login, callers: Iterable[int], target: Target, clock: Clock, timeout: float) -> dict[int, str]:
    """The token of each caller, by the caller's code in the pack.

    Raises NotReadyError if the target does not answer one with success and a token, within `timeout` seconds.
    """
    free = asyncio.Semaphore(_AT_ONCE)

    async def one(number: int) -> str:
        async with free:
            return await _token(login, login.message(target, number), target, clock, timeout)

    wanted = list(callers)
    tokens = await asyncio.gather(*(one(number) for number in range(1, len(wanted) + 1)), return_exceptions=True)
    found = {}
    for caller, token in zip(wanted, tokens, strict=True):
        if isinstance(token, BaseException):
            raise token
        found[caller] = token
    return found


async def _token(login: Login, message: bytes, target: Target, clock: Clock, timeout: float) -> str:
    what = f"login {login.method} {login.path} at {target.url}"
    try:
        status, headers, body = await asyncio.wait_for(ask(target, message, clock), timeout)
    except (OSError, TimeoutError) as error:
        raise NotReadyError(f"{what} was not answered ({type(error).__name__}): start the sandbox first") from error
    if not 200 <= status < 400:
        raise NotReadyError(f"{what} was answered {status}: check the values that the rules take from the environment")
    token = Answer(headers, body).read(login.token)
    if not token:
        raise NotReadyError(f"{what} was answered without a token at {login.token}: correct its place in the rules")
    return token
