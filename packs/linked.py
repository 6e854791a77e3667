"""The links of a pack as sets to look places up in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from smartsandbox.packs.places import Wanted

Place = tuple[str, str]
"""Endpoint and place of an answer."""
Consumer = tuple[str, str, str]
"""Endpoint, location and pointer of a request."""


@dataclass(frozen=True, slots=True)
class Links:
    """Which places of answers feed which places of requests."""

    pairs: frozenset[tuple[Place, Consumer]]
    producers: frozenset[Place]
    consumers: frozenset[Consumer]

    @staticmethod
    def of(pairs: frozenset[tuple[Place, Consumer]]) -> Links:
        """With both sides."""
        return Links(pairs, frozenset(place for place, _ in pairs), frozenset(consumer for _, consumer in pairs))

    @staticmethod
    def of_rows(rows: Iterable[Mapping[str, Any]]) -> Links:
        """Of the rows of links.parquet."""
        return Links.of(
            frozenset(
                (
                    (row["producer_endpoint"], row["producer_pointer"]),
                    (row["consumer_endpoint"], row["consumer_location"], row["consumer_pointer"]),
                )
                for row in rows
            )
        )

    def at(self, endpoint: str) -> Linked | None:
        """What is linked at an endpoint; None if nothing is."""
        places = [place for at, place in self.producers if at == endpoint]
        filled = [(location, pointer) for at, location, pointer in self.consumers if at == endpoint]
        if not places and not filled:
            return None
        return Linked(Wanted(places) if places else None, frozenset(location for location, _ in filled))


@dataclass(frozen=True, slots=True)
class Linked:
    """At one endpoint: the places of its answers that feed requests, and the locations of its requests that are fed."""

    told: Wanted | None
    asked: frozenset[str]

    @property
    def headers(self) -> tuple[bool, bool]:
        """Whether the headers of requests are needed, and those of answers."""
        return not self.asked <= {"path", "query"}, self.told is not None and self.told.in_headers
