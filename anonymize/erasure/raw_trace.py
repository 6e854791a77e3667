"""The raw trace without a person: written aside, renamed, and with a ledger that says how many exchanges went."""

from __future__ import annotations

import os
from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Any

from smartsandbox.anonymize.erasure.find import Concerned
from smartsandbox.anonymize.erasure.redact import Redactor
from smartsandbox.anonymize.erasure.sighting import Observer
from smartsandbox.anonymize.policy import Policy
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Exchange, Ledger
from smartsandbox.packs.trace import RAW, Trace, write_trace

ERASED = "erased on request"
REDACTED = "redacted on request"


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done to a raw trace."""

    before: Trace
    after: Trace
    removed: int
    redacted: int


def require_raw(trace: Trace) -> Trace:
    """The trace itself. Raises UsageError if it is not raw: an anonymised one has no key that could find a person."""
    if trace.kind != RAW:
        raise UsageError(f"{trace.path} is {trace.kind}: erase from the raw trace it was made from, then publish again")
    return trace


def erase_from_trace(trace: Trace, policy: Policy, found: Concerned) -> Erased:
    """Write the trace anew without what was found. Where nothing was found it is left alone.

    An exchange that cannot be redacted is removed. `trace.json` keeps its time: an erasure does not make a raw trace
    younger for the retention rules.
    """
    redactor = Redactor(policy, Observer(policy, found.person))
    kept = {exchange.id for exchange in _chosen(trace, found.redacted) if redactor.redact(exchange) is not None}
    removed = found.removed | (found.redacted - kept)
    if not removed and not kept:
        return Erased(trace, trace, 0, 0)
    ledger = ledger_of(trace.ledger)
    ledger.kept -= len(removed)
    ledger.drop(ERASED, len(removed))
    if kept:
        ledger.note(REDACTED, len(kept))
    written = (trace.path / "trace.json").stat()
    after = write_trace(trace.path, _rest(trace, removed, kept, redactor), RAW, ledger)
    os.utime(after.path / "trace.json", ns=(written.st_atime_ns, written.st_mtime_ns))
    return Erased(trace, after, len(removed), len(kept))


def _chosen(trace: Trace, ids: Set[str]) -> Iterator[Exchange]:
    return (exchange for exchange in trace.exchanges() if exchange.id in ids) if ids else iter(())


def _rest(trace: Trace, removed: Set[str], redacted: Set[str], redactor: Redactor) -> Iterator[Exchange]:
    """What stays of a trace, one exchange at a time."""
    for exchange in trace.exchanges():
        if exchange.id in removed:
            continue
        new = redactor.redact(exchange) if exchange.id in redacted else exchange
        if new is not None:
            yield new


def ledger_of(value: dict[str, Any]) -> Ledger:
    """A ledger read back from its JSON object."""
    return Ledger(value["kept"], dict(value["dropped"]), dict(value["unreadable_files"]), dict(value["notes"]))
