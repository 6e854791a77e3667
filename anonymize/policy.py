"""A policy: what becomes of every leaf of one service's traffic, and how many people a published group must hold.

It is written in one YAML file (see `policy_file`) that is reviewed like code. A leaf without a decision is never let
through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from smartsandbox.anonymize.kinds import AttributeKind
from smartsandbox.anonymize.leaves import ANY, Address, Location, Pointer, is_encoding, to_text
from smartsandbox.anonymize.recoding import HierarchyFile, Recoding
from smartsandbox.anonymize.sensitive import Sensitive
from smartsandbox.anonymize.size_classes import EXACT, text_of_sizes
from smartsandbox.packs.canonical import digest_json
from smartsandbox.packs.endpoints import EndpointTable

__all__ = ["LOCATIONS", "POLICY_FORMAT", "Action", "AttributeKind", "Decision", "Policy"]

POLICY_FORMAT = 1


class Action(StrEnum):
    """What a decision does to a value."""

    KEEP = "keep"
    """Published as it is; known sensitive values inside it are still replaced."""
    COMMON = "common"
    """Published if it says nothing about a person or at least k people hold it; otherwise replaced."""
    DROP = "drop"
    """Removed: null in JSON, a filler for a body, the line for a header, the pair for a query."""
    SURROGATE = "surrogate"
    """Replaced by a value of its class, the same everywhere. The argument names the class."""
    GENERALISE = "generalise"
    """A quasi-identifier: replaced by the representative of a group of at least k people. The argument names it."""
    BAND = "band"
    """A number: replaced by one near it, out of a band that enough people share. The argument names the pool."""
    RETIME = "retime"
    """A time: moved with the whole capture."""
    FREE_TEXT = "free_text"
    """Known values inside are replaced; the rest stays only if k people share it or it is made of public words."""


_ARGUMENTS = {Action.SURROGATE: "a class", Action.GENERALISE: "an attribute", Action.BAND: "the name of a pool"}


@dataclass(frozen=True, slots=True)
class Decision:
    """An action and, for surrogates the class, for quasi-identifiers the attribute, for bands the pool of numbers."""

    action: Action
    argument: str = ""

    @staticmethod
    def parse(text: str) -> Decision:
        """Read "keep" or "surrogate email". Raises ValueError with what is wrong."""
        word, _, argument = text.strip().partition(" ")
        try:
            action = Action(word)
        except ValueError:
            raise ValueError(f"{word!r} is no decision; choose one of {', '.join(Action)}") from None
        needed = _ARGUMENTS.get(action)
        if (needed is not None) != bool(argument.strip()):
            raise ValueError(f"{word!r} takes no argument" if needed is None else f"{word!r} needs {needed}")
        return Decision(action, argument.strip())

    def __str__(self) -> str:
        return f"{self.action} {self.argument}".rstrip()


SHORTEST_STATEMENT = 8
"""Characters of a statement about test accounts: a word such as "yes" says nothing that a reviewer could check."""


def statement_of(text: str) -> str:
    """A statement about test accounts, on one line. Raises ValueError if it says too little to be one."""
    found = " ".join(text.split())
    if len(found) < SHORTEST_STATEMENT:
        raise ValueError("test_accounts: say in a few words whose accounts these are; no real person stands there")
    return found


@dataclass(frozen=True, slots=True)
class Policy:
    """The decisions for one service.

    `decisions` is by address; an entry under the endpoint "*" holds for every endpoint that has none of its own.
    `endpoints` are the path templates of the service: their literal segments are published. `subjects` are the leaves
    that identify a person, `maps` the objects whose keys are all values. `m` is how many requests of a person somebody
    may know and still find k people; 0 asks for no such bound. `waivers` give, by the name of a check, the reason for
    which a reviewer publishes although that check cannot tell. `test_accounts` is a person's statement that nobody real
    was captured, "" where none is made: checks that only look for people need not hold then.
    `sensitive` are the attributes that no group may give away; none of them is a quasi-identifier. `method` is how
    groups are made, `hierarchies` the files that full-domain generalisation takes in place of the built-in hierarchies.
    `sizes` is the smallest class that answers are padded to, in bytes; EXACT for none.
    """

    service: str
    decisions: Mapping[Address, Decision]
    endpoints: tuple[str, ...] = ()
    k: int = 5
    suppression_limit: float = 0.05
    quasi_identifiers: Mapping[str, AttributeKind] = field(default_factory=lambda: MappingProxyType({}))
    subjects: frozenset[Address] = frozenset()
    maps: frozenset[Address] = frozenset()
    m: int = 2
    waivers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sensitive: Mapping[str, Sensitive] = field(default_factory=lambda: MappingProxyType({}))
    method: Recoding = Recoding.MONDRIAN
    hierarchies: Mapping[str, HierarchyFile] = field(default_factory=lambda: MappingProxyType({}))
    test_accounts: str = ""
    sizes: int = EXACT

    def decide(self, endpoint: str, location: str, pointer: Pointer) -> Decision | None:
        """The decision for a leaf, or None if nobody has taken one.

        What stands inside a string that is decided to be replaced or dropped whole is covered by that, unless the
        policy decides anything else inside it: a random token may by chance be the code of some text.
        """
        return self._stated(endpoint, location, pointer) or self._covering(endpoint, location, pointer)

    def _stated(self, endpoint: str, location: str, pointer: Pointer) -> Decision | None:
        found = self.decisions.get(Address(endpoint, location, pointer))
        return found or self.decisions.get(Address(ANY, location, pointer))

    def _covering(self, endpoint: str, location: str, pointer: Pointer) -> Decision | None:
        depth = next((at for at, step in enumerate(pointer) if step[:1] == "(" and is_encoding(step)), 0)
        whole = self._stated(endpoint, location, pointer[:depth]) if depth else None
        if whole is None or whole.action not in (Action.SURROGATE, Action.DROP):
            return None
        for address in self.decisions:
            is_inside = len(address.pointer) > depth and address.pointer[:depth] == pointer[:depth]
            if is_inside and address.location == location and address.endpoint in (endpoint, ANY):
                return None
        return whole if whole.action is Action.DROP else Decision(Action.SURROGATE, "text")

    def is_subject(self, address: Address) -> bool:
        """True if the leaf identifies a person."""
        return address in self.subjects or address._replace(endpoint=ANY) in self.subjects

    def sensitive_name(self, address: Address) -> str | None:
        """The sensitive attribute that stands there, if one does; no place holds two."""
        for name, attribute in self.sensitive.items():
            if address in attribute.at or address._replace(endpoint=ANY) in attribute.at:
                return name
        return None

    def is_map(self, endpoint: str, location: str, pointer: Pointer) -> bool:
        """True if the keys of the object there are all values."""
        if not self.maps:
            return False
        return Address(endpoint, location, pointer) in self.maps or Address(ANY, location, pointer) in self.maps

    @property
    def table(self) -> EndpointTable:
        """The endpoints, ready to match."""
        return EndpointTable.of(self.endpoints)

    @property
    def digest(self) -> str:
        """SHA-256 over the policy's content; comments and order in the file do not enter."""
        return digest_json(
            {
                "format": POLICY_FORMAT,
                "service": self.service,
                "k": self.k,
                "m": self.m,
                "suppression_limit": self.suppression_limit,
                "quasi_identifiers": {name: str(kind) for name, kind in self.quasi_identifiers.items()},
                "endpoints": sorted(self.endpoints),
                "subjects": _sorted(self.subjects),
                "maps": _sorted(self.maps),
                "waivers": dict(self.waivers),
                "sensitive": {name: attribute.to_json() for name, attribute in self.sensitive.items()},
                "method": str(self.method),
                "hierarchies": {name: [list(row) for row in file.rows] for name, file in self.hierarchies.items()},
                "decisions": {_key(address): str(decision) for address, decision in self.decisions.items()},
                **({"test_accounts": self.test_accounts} if self.test_accounts else {}),
                **({"sizes": text_of_sizes(self.sizes)} if self.sizes != EXACT else {}),
            }
        )


def _key(address: Address) -> str:
    return f"{address.endpoint}\n{address.location}\n{to_text(address.pointer)}"


def _sorted(addresses: frozenset[Address]) -> list[str]:
    return sorted(map(_key, addresses))


LOCATIONS = frozenset(Location)
