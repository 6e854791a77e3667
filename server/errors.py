"""The errors that the catalogue adds: an item that is not there, and a store that does not answer."""

from __future__ import annotations

from typing import ClassVar, Literal

from smartsandbox.packs.errors import NotReadyError, RefusedError, UsageError


class UnknownItemError(UsageError):
    """Nothing of that name is published."""


class DamagedItemError(RefusedError):
    """It is published, but it does not hold: altered, incomplete, uncertified or of a newer format.

    `reason` says why and what to do, for a place that names the item already.
    """

    state: ClassVar[Literal["damaged", "withdrawn"]] = "damaged"

    def __init__(self, ref: str, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{ref} cannot be used: {reason}")


class WithdrawnItemError(DamagedItemError):
    """It was published, and was withdrawn: nothing of it is left but when and why."""

    state = "withdrawn"


class StoreUnreachableError(NotReadyError):
    """The store cannot be listed now."""
