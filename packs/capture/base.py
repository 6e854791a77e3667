"""What every importer shares: an entry as a Draft, and the way from drafts to exchanges.

A reader turns each entry of a file into a Draft and leaves ids, times and counting to this module. Ids depend on the
file's bytes and the entry's position only, so the same capture under two names gives the same ids.
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import unquote_to_bytes

from smartsandbox.packs.capture.header_lines import is_token
from smartsandbox.packs.capture.moments import STEP_US, is_coarse, place_times
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.capture.urls import Address
from smartsandbox.packs.errors import UnreadableError
from smartsandbox.packs.model import Exchange, FailureKind, Headers, Message, Request, Response, header

MALFORMED = "malformed entry"
NO_TIME = "no recorded time"
NO_LATENCY = "no recorded latency"
COARSE_TIME = "recorded to the second: spread within it"

T = TypeVar("T")


class Reader(Protocol):
    """Reads one capture file. Entries that cannot be read go to `report`; a file that cannot raises UnreadableError."""

    def __call__(self, path: Path, report: Report) -> Iterator[Exchange]:
        """The exchanges in file order, with `service` left empty."""
        ...


@dataclass(frozen=True, slots=True)
class Draft:
    """One entry, normalised, before its id and its place in time. `session` is final; `notes` count if it is kept."""

    index: int
    started_us: int | None
    request: Request
    response: Response | None = None
    failure: FailureKind | None = None
    ttfb_us: int | None = None
    total_us: int | None = None
    session: str | None = None
    notes: list[str] = field(default_factory=list)
    messages: tuple[Message, ...] | None = None


def make_request(method: str, address: Address, headers: Headers, body: bytes, notes: list[str]) -> Request:
    """A Request. Credentials in the URL become the Authorization header that a client makes of them."""
    name = method.strip().lstrip(":").upper()
    if not is_token(name):
        raise UnreadableError("request", "the method is missing or malformed")
    if name == "CONNECT":
        raise UnreadableError("request", "CONNECT opens a tunnel and is not an exchange")
    if address.userinfo:
        headers = _with_credentials(headers, address.userinfo, notes)
    return Request(name, address.scheme, address.host, address.path, address.query, headers, body)


def _with_credentials(headers: Headers, userinfo: str, notes: list[str]) -> Headers:
    if header(headers, "authorization") is not None:
        notes.append("credentials in the URL left out: an Authorization header stands beside them")
        return headers
    notes.append("credentials in the URL moved to an Authorization header")
    token = base64.b64encode(unquote_to_bytes(userinfo)).decode("ascii")
    return (*headers, ("Authorization", f"Basic {token}"))


def status_code(recorded: Any) -> int:
    """A status written as a number or as digits. Raises UnreadableError if it is neither."""
    if isinstance(recorded, str) and recorded.strip().isdecimal() and len(recorded) < 20:
        return int(recorded)
    if isinstance(recorded, bool) or not isinstance(recorded, int | float) or not math.isfinite(recorded):
        raise UnreadableError("response", "the response has no status that is a number")
    return int(recorded)


def check_status(status: int) -> int:
    """The status itself. Raises UnreadableError outside 100 to 599."""
    if not 100 <= status <= 599:
        raise UnreadableError("response", "the response status is not 100 to 599")
    return status


def draft_entries(entries: Iterable[T], make: Callable[[int, T], Draft], report: Report) -> Iterator[Draft]:
    """`make` applied to every entry with its index; one that cannot be read is reported and the rest go on."""
    for index, entry in enumerate(entries):
        draft = guarded(index, lambda at=index, item=entry: make(at, item), report)  # type: ignore[misc]
        if draft is not None:
            yield draft


def guarded(index: int, make: Callable[[], T], report: Report) -> T | None:
    """What `make` gives, or None with the entry reported: a shape nobody foresaw costs that entry only."""
    try:
        return make()
    except UnreadableError as error:
        report.drop(index, error.reason)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        report.drop(index, MALFORMED, type(error).__name__)
    return None


def finish(drafts: Iterable[Draft], digest: str, report: Report, *, many_clients: bool = False) -> Iterator[Exchange]:
    """Exchanges in file order, each placed in time; `digest` is that of the file's bytes. See `place_times`."""
    ready = list(drafts)
    times = [draft.started_us for draft in ready]
    placed = place_times(times, report.untimed_us, many_clients=many_clients)
    if all(moment is None for moment in times):
        report.untimed_us += STEP_US * len(ready)
        report.undated.update(exchange_id(digest, draft.index) for draft in ready)
    if None in times:
        report.note(NO_TIME, times.count(None))
    if is_coarse(times) and placed != times:
        report.note(COARSE_TIME, sum(at != was for at, was in zip(placed, times, strict=True)))
    for draft, started_us in zip(ready, placed, strict=True):
        yield to_exchange(draft, started_us, digest, report)


def to_exchange(draft: Draft, started_us: int, digest: str, report: Report) -> Exchange:
    """One exchange; its notes are counted here, so entries that fell out before leave none."""
    for what in draft.notes:
        report.note(what)
    if draft.failure is None and draft.total_us is None:
        report.note(NO_LATENCY)
    return Exchange(
        id=exchange_id(digest, draft.index),
        service="",
        started_us=started_us,
        request=draft.request,
        response=draft.response,
        failure=draft.failure,
        ttfb_us=draft.ttfb_us,
        total_us=draft.total_us,
        session=draft.session,
        source=f"{report.place}#{draft.index}",
        messages=draft.messages,
    )


def exchange_id(digest: str, index: int) -> str:
    """ "ex_" and 20 hex digits of SHA-256 over the file's digest and the entry's index."""
    return "ex_" + _hash(digest, str(index))[:20]


def session_id(*parts: str) -> str:
    """ "s_" and 16 hex digits of SHA-256 over whatever tells one client from another."""
    return "s_" + _hash(*parts)[:16]


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
