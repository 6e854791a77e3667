"""The links of a pack as sets to look places up in."""

from __future__ import annotations

from dataclasses import dataclass

from smartsandbox.packs.pack import Pack

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
    def load(pack: Pack) -> Links:
        """All links of a pack."""
        return Links.of(
            frozenset(
                (
                    (row["producer_endpoint"], row["producer_pointer"]),
                    (row["consumer_endpoint"], row["consumer_location"], row["consumer_pointer"]),
                )
                for row in pack.table("links").to_pylist()
            )
        )

    @property
    def endpoints(self) -> frozenset[str]:
        """Every endpoint that a link names."""
        return frozenset(endpoint for endpoint, *_ in (*self.producers, *self.consumers))
