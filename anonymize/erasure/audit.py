"""The record of erasures: JSON Lines beside the trace, which prove that a request was done and do not name the person.

A line holds a commitment to the identifiers under a receipt, a random number that is handed to whoever keeps the
request's file and is not written here. With receipt and identifiers a line can be shown to be about that request;
without the receipt nobody can try names out on it, which an unkeyed hash of an e-mail address would let them do.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from smartsandbox.anonymize.surrogates.base import fold
from smartsandbox.packs.canonical import canonical_json
from smartsandbox.packs.errors import UsageError

AUDIT_FORMAT = 1
_RECEIPT = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One erasure. `at` is UTC, ISO 8601; `before` and `after` are digests of the raw trace."""

    at: str
    actor: str
    trace: str
    commitment: str
    before: str
    after: str
    counts: dict[str, int]
    options: tuple[str, ...] = ()

    def append_to(self, file: Path) -> None:
        """Add the line at the end of the file, which only its owner can read if it is made here."""
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "ab") as stream:
            stream.write(canonical_json({"format": AUDIT_FORMAT, **asdict(self)}) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())


def default_audit_file(trace: Path) -> Path:
    """Beside the trace and not in it, where the next import would replace it."""
    return trace.with_name(f"{trace.name}.erasures.jsonl")


def commitment_to(identifiers: Iterable[str], receipt: str) -> str:
    """Keyed BLAKE2b over the identifiers as `fold` gives them, sorted; order, case and repetition do not matter.

    Raises UsageError for a receipt that is none.
    """
    if not _RECEIPT.fullmatch(receipt):
        raise UsageError("a receipt is 32 hexadecimal digits, as the erasure printed it")
    message = canonical_json(sorted({fold(one) for one in identifiers}))
    return hashlib.blake2b(message, key=bytes.fromhex(receipt), digest_size=32).hexdigest()


def read_audit(file: Path) -> Iterator[dict[str, Any]]:
    """The lines of a record, oldest first. Raises UsageError where one is damaged: a record is not to be mended."""
    lines = file.read_bytes().splitlines() if file.is_file() else []
    for number, line in enumerate(lines, 1):
        try:
            value = orjson.loads(line)
            yield {name: value[name] for name in ("at", "actor", "commitment", "before", "after", "counts")}
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise UsageError(f"{file} line {number} is damaged: restore the record from its backup") from error


def proven(file: Path, identifiers: Iterable[str], receipt: str) -> dict[str, Any] | None:
    """The line that was written for these identifiers under this receipt, or None."""
    wanted = commitment_to(identifiers, receipt)
    return next((line for line in read_audit(file) if hmac.compare_digest(str(line["commitment"]), wanted)), None)


def earlier_digests(file: Path, digest: str) -> frozenset[str]:
    """The digests that a raw trace had before the erasures that led to this one, which is among them."""
    known = {digest}
    for line in reversed(list(read_audit(file))):
        if line["after"] in known:
            known.add(line["before"])
    return frozenset(known)
