"""What a check sees and what it is: evidence in, verdict out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from smartsandbox.anonymize.kanon.plan import Plan
from smartsandbox.anonymize.ledger import Tally
from smartsandbox.anonymize.policy import Policy
from smartsandbox.packs.certificate import Verdict
from smartsandbox.packs.model import Exchange


@dataclass(frozen=True, slots=True)
class Evidence:
    """A finished run as the checks see it. `output` reads the rewritten trace, each time from its beginning."""

    policy: Policy
    output: Callable[[], Iterable[Exchange]]
    plan: Plan
    population: int
    """People known by a subject leaf or, where none is declared, sessions."""
    tally: Tally
    needles: Mapping[str, str]
    """Sensitive source values by folded form, with one spelling each; planted canaries are among them."""
    surrogates: Mapping[tuple[str, str], str]
    """(domain, canonical value) to surrogate, of the unique classes."""
    unseen: tuple[str, ...] = ()
    """What the policy says of people and the capture never showed, a sentence each; see `unseen_places`."""


class Check(Protocol):
    """One check. It judges; it never changes anything and never quotes a value."""

    def __call__(self, evidence: Evidence) -> Verdict:
        """The verdict."""
        ...
