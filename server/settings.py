"""What a server is started with. One frozen value, made by the command line or by a test."""

from __future__ import annotations

from dataclasses import dataclass

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Settings:
    """`store_url` as for `packs.store.Store`.

    `allowed_hosts` are the names that a request's Host header may carry, without port; empty allows any. A server on
    loopback allows only loopback names, so that a page of a foreign site cannot read it by rebinding its own name.
    """

    store_url: str
    allowed_hosts: tuple[str, ...] = LOOPBACK_HOSTS
