"""Errors as problem details (RFC 9457): the table of problems, and the one place that maps exceptions to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from smartsandbox.packs.errors import SandboxError, UsageError
from smartsandbox.packs.pointer import escaped
from smartsandbox.server.errors import DamagedItemError, StoreUnreachableError, UnknownItemError, WithdrawnItemError
from smartsandbox.server.models.problem import Fault, Problem

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of problem. `advice` is what its page tells whoever meets it."""

    status: int
    title: str
    advice: str

    @property
    def slug(self) -> str:
        """The last part of its type URI."""
        return self.title.lower().replace(" ", "-")


NOT_FOUND = Kind(404, "Not found", "Nothing is published under that name. List the catalogue to see what is.")
METHOD_NOT_ALLOWED = Kind(
    405, "Method not allowed", "The catalogue is read with GET and HEAD. The Allow header says so."
)
DAMAGED = Kind(
    409,
    "Damaged item",
    "The item is published, but its files or its certificate do not hold, so it is not handed out. Publish it again.",
)
WITHDRAWN = Kind(
    410,
    "Withdrawn item",
    "This version was withdrawn and will not come back. Take another version, and delete the copies that you hold.",
)
MISDIRECTED = Kind(
    421,
    "Unknown host",
    "The request names a host that this server was not started for. Start it with --host to serve other names.",
)
INVALID = Kind(422, "Invalid request", "A parameter is unknown or malformed. `errors` points at each one.")
BAD_REQUEST = Kind(400, "Bad request", "The request cannot be understood. `detail` says why.")
INTERNAL = Kind(
    500, "Internal error", "The server failed. Its log names the place; no captured value is written there."
)
UNREACHABLE = Kind(503, "Store unreachable", "The pack store does not answer. Try again; then ask whoever runs it.")

KINDS = {
    kind.slug: kind
    for kind in (
        BAD_REQUEST,
        NOT_FOUND,
        METHOD_NOT_ALLOWED,
        DAMAGED,
        WITHDRAWN,
        MISDIRECTED,
        INVALID,
        INTERNAL,
        UNREACHABLE,
    )
}
"""Every problem that this server can answer with, by the last part of its type."""

_BY_EXCEPTION: tuple[tuple[type[SandboxError], Kind], ...] = (
    (UnknownItemError, NOT_FOUND),
    (WithdrawnItemError, WITHDRAWN),
    (DamagedItemError, DAMAGED),
    (StoreUnreachableError, UNREACHABLE),
    (UsageError, BAD_REQUEST),
    (SandboxError, INTERNAL),
)
_BY_STATUS = {kind.status: kind for kind in KINDS.values()}


def kind_of(error: SandboxError) -> Kind:
    """The first row of the table that the error is an instance of."""
    return next(kind for exception, kind in _BY_EXCEPTION if isinstance(error, exception))


def problem(kind: Kind, detail: str, instance: str, faults: Sequence[Fault] = ()) -> Problem:
    """A problem of a known kind, at the path `instance`."""
    return Problem(
        type=f"/problems/{kind.slug}",
        title=kind.title,
        status=kind.status,
        detail=detail,
        instance=instance,
        errors=list(faults),
    )


def problem_of_status(status: int, detail: str, instance: str) -> Problem:
    """A problem that the framework found. A status without a kind of its own has the type "about:blank"."""
    if status in _BY_STATUS:
        return problem(_BY_STATUS[status], detail, instance)
    title = HTTPStatus(status).phrase
    return Problem(type="about:blank", title=title, status=status, detail=detail, instance=instance, errors=[])


def fault(location: Sequence[int | str], message: str) -> Fault:
    """One fault that validation found; its location becomes a JSON pointer (RFC 6901)."""
    return Fault(detail=message, pointer="#/" + "/".join(escaped(str(part)) for part in location))
