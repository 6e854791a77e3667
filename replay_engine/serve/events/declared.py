"""The events file: which answers announce which later call, as reviewable YAML.

A list of entries, each with `endpoint` and `body` (an expression), and where wanted `status`, `after`, `path`,
`headers` and `sign`. Secrets are named by environment variables and read here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.yaml_file import read_yaml
from smartsandbox.replay_engine.drive.rules_file import body_signer
from smartsandbox.replay_engine.drive.sandbox.signing import BodySigner
from smartsandbox.replay_engine.heads import HOP_BY_HOP, OWN_HEADERS
from smartsandbox.replay_engine.moments import DAY, SECOND
from smartsandbox.replay_engine.serve.rewriting.expressions import NAMES, Expression

MAX_ENTRIES = 1000
_FIELDS = {"endpoint", "status", "after", "path", "body", "headers", "sign"}
_FIXED = HOP_BY_HOP | OWN_HEADERS | {"content-length", "content-encoding", "content-type", "host", "x-sandbox"}
_UNITS = {"ms": SECOND // 1000, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND, "d": DAY}
_AFTER = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|d)")
_PATH = re.compile(r"/[!-~]*")
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


@dataclass(frozen=True, slots=True)
class Declared:
    """One entry. `status` is None for any success, `after_us` microseconds on the session's clock."""

    endpoint: str
    status: int | None
    after_us: int
    path: str
    body: Expression
    headers: tuple[tuple[str, str], ...]
    signer: BodySigner | None

    def announced_by(self, status: int) -> bool:
        """True if an answer with this status announces it."""
        return status == self.status if self.status is not None else 200 <= status < 300


def read_events(path: Path, environment: Mapping[str, str]) -> tuple[Declared, ...]:
    """Read a file. Raises UsageError that names the entry and what is wrong with it."""
    entries = read_yaml(path, "events")
    if not isinstance(entries, list) or len(entries) > MAX_ENTRIES:
        raise UsageError(f"events {path} must be a list of up to {MAX_ENTRIES} entries")
    return tuple(_declared(f"events {path}, entry {at}", entry, environment) for at, entry in enumerate(entries, 1))


def _declared(where: str, entry: Any, environment: Mapping[str, str]) -> Declared:
    if not isinstance(entry, dict) or not {"endpoint", "body"} <= entry.keys() <= _FIELDS:
        raise UsageError(f"{where}: it has endpoint and body, and may have status, after, path, headers and sign")
    endpoint, status, path = entry["endpoint"], entry.get("status"), entry.get("path", "")
    if not isinstance(endpoint, str) or not isinstance(entry["body"], str):
        raise UsageError(f"{where}: endpoint is a text, and body an expression in quotes")
    if status is not None and (type(status) is not int or not 100 <= status <= 599):
        raise UsageError(f"{where}: status is one from 100 to 599")
    if path != "" and not (isinstance(path, str) and _PATH.fullmatch(path)):
        raise UsageError(f"{where}: path is one such as /hooks/payments, percent-encoded")
    try:
        body = Expression(entry["body"], NAMES | {"answer"})
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None
    after, headers = _after(where, entry.get("after", "0s")), _headers(where, entry.get("headers", {}))
    signer = body_signer(f"{where}: sign", entry["sign"], environment) if "sign" in entry else None
    return Declared(endpoint, status, after, path, body, headers, signer)


def _after(where: str, value: Any) -> int:
    found = _AFTER.fullmatch(str(value))
    if found is None:
        raise UsageError(f"{where}: after is a number of ms, s, m, h or d, such as 2s")
    return int(float(found[1]) * _UNITS[found[2]])


def _headers(where: str, value: Any) -> tuple[tuple[str, str], ...]:
    fields = value if isinstance(value, dict) else {"": ""}
    for name, text in fields.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name) or name.lower() in _FIXED:
            raise UsageError(f"{where}: headers has a name that cannot be sent, or is the server's own")
        if not isinstance(text, str) or not text.isprintable() or not text.isascii():
            raise UsageError(f"{where}: headers has a value that is no text of one line")
    return tuple(fields.items())
