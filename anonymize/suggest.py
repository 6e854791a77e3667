"""Drafts a policy from a capture: endpoints, maps, a decision for every leaf, quasi-identifiers and their subjects.

The draft is meant to be reviewed. It is conservative: what is not evidently harmless is replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote

from smartsandbox.anonymize.classify.decide import QUASI, Classifier, surrogate
from smartsandbox.anonymize.classify.maps import find_maps, keyed_by, placed
from smartsandbox.anonymize.classify.people import subject_addresses
from smartsandbox.anonymize.classify.speakers import speaker_addresses
from smartsandbox.anonymize.classify.stats import LeafStats, TraceStats, gather
from smartsandbox.anonymize.classify.telling import telling_finder, without_telling_lines
from smartsandbox.anonymize.classify.templates import safe_endpoints
from smartsandbox.anonymize.collect import Collected, collect
from smartsandbox.anonymize.compact import compact
from smartsandbox.anonymize.draft_notes import cost_lines, foreseen_lines, notes_of
from smartsandbox.anonymize.foreseen import drafted_waivers
from smartsandbox.anonymize.grouping import task_of
from smartsandbox.anonymize.kanon.plan import plan_groups
from smartsandbox.anonymize.known_endpoints import with_affordable_m
from smartsandbox.anonymize.leaves import ANY, Address, Location, Pointer
from smartsandbox.anonymize.named_keys import named_keys
from smartsandbox.anonymize.policy import Action, AttributeKind, Decision, Policy
from smartsandbox.anonymize.policy_text import write_policy
from smartsandbox.anonymize.surrogates import CLASSES
from smartsandbox.anonymize.surrogates.base import fold
from smartsandbox.anonymize.vocabulary import Vocabulary
from smartsandbox.packs.endpoints import EndpointTable
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.progress import Track, silent
from smartsandbox.packs.trace import Trace

DEFAULT_K = 5
DEFAULT_SUPPRESSION = 0.05

SHARED = frozenset(
    (
        Location.METHOD,
        Location.SCHEME,
        Location.HOST,
        Location.REASON,
        Location.TIMING,
        Location.SESSION,
        Location.REQUEST_HEADER,
        Location.RESPONSE_HEADER,
        Location.REQUEST_COOKIE,
        Location.RESPONSE_COOKIE,
    )
)
"""Locations decided once for all endpoints, under "*"."""

_KINDS = {
    "birth_date": AttributeKind.DATE,
    "age": AttributeKind.NUMBER,
    "gender": AttributeKind.CATEGORY,
    "postcode": AttributeKind.PLACE,
    "city": AttributeKind.PLACE,
    "state": AttributeKind.PLACE,
    "country": AttributeKind.PLACE,
}
FALLBACKS = dict(QUASI.values())
"""The surrogate class in the place of a quasi-identifier that cannot be published."""

_NAMING = frozenset(("person", "first_name", "last_name", "username", "email", "phone", "id", "uuid", "token"))

_SPELT = frozenset(("id", "uuid", "token"))
"""A public name in camel case (`daemonHealth`) is one of these; as a username (`GreenField`) it may be a person's."""

_SHORTEST_IN_PATHS = 3

Read = Callable[[], Iterable[Exchange]]


@dataclass(frozen=True, slots=True)
class Draft:
    """A policy to review, and a note on each decision that says what spoke for it."""

    policy: Policy
    notes: Mapping[Address, str]
    foreseen: tuple[str, ...] = ()
    """Attacks that a run under this policy is foreseen to be refused for, a line each; see `careful`."""

    costs: tuple[str, ...] = ()
    """Lines of the policy that are there against attacks on sessions, each with its cost."""
    edits: tuple[str, ...] = ()
    """Lines with which a run is foreseen to go through all the same, where a person accepts what they cost."""

    @property
    def head(self) -> str:
        """Comments for whoever reviews it, "" if there is nothing to say."""
        return cost_lines(self.costs) + foreseen_lines(self.foreseen, self.edits)

    @property
    def text(self) -> str:
        """The file to review."""
        return self.head + write_policy(self.policy, self.notes)


def suggest_policy(trace: Trace, k: int = DEFAULT_K, track: Track = silent) -> Policy:
    """A policy under which the trace can be anonymised as it is. Raises UsageError for a trace without exchanges."""
    return suggest_draft(trace, k, track).policy


def suggest_draft(trace: Trace, k: int = DEFAULT_K, track: Track = silent) -> Draft:
    """The same with its notes."""
    if not trace.count:
        raise UsageError(f"trace {trace.path} holds no exchanges: nothing to draft a policy from")
    service = trace.services[0] if len(trace.services) == 1 else "+".join(trace.services)

    def read() -> Iterable[Exchange]:
        return track(trace.exchanges(), "drafting the policy", trace.count)

    return noted_draft(read, service, k)


def draft(read: Read, service: str, k: int = DEFAULT_K) -> Policy:
    """The policy over anything that can be read several times."""
    return noted_draft(read, service, k).policy


def noted_draft(read: Read, service: str, k: int = DEFAULT_K) -> Draft:
    """The same with its notes."""
    policy, structure, found = _keyed(read, service, k)
    if policy.quasi_identifiers and not _can_group(policy, found):
        policy = without_quasi_identifiers(policy)
    found.close()
    policy = drafted_waivers(with_affordable_m(compact(policy), read), read)
    return Draft(policy, notes_of(policy, structure.stats))


def _keyed(read: Read, service: str, k: int) -> tuple[Policy, _Structure, Collected]:
    """A draft under which no key is a name of the capture, and what a first pass finds with it: an object that has such
    a key is taken for a map, and all is looked at once more.
    """
    maps: frozenset[Address] = frozenset()
    while True:
        structure = _structure(read, Classifier(k, Vocabulary()), maps)
        policy = _with_people(_policy_of(structure, service, k), read)
        found = collect(read(), policy)
        named = frozenset(named_keys(compact(policy), found.values)) - maps
        if not named:
            return policy, structure, found
        found.close()
        maps |= named


def _with_people(policy: Policy, read: Read) -> Policy:
    """With what tells clients apart, where nothing names people and sessions would be taken for them."""
    if policy.subjects:
        return policy
    return replace(policy, subjects=speaker_addresses(policy.decisions, read))


def _policy_of(structure: _Structure, service: str, k: int) -> Policy:
    decisions = structure.decisions
    attributes = {d.argument: _KINDS[d.argument] for d in decisions.values() if d.action is Action.GENERALISE}
    return Policy(
        service=service,
        decisions=decisions,
        endpoints=structure.table.names,
        k=k,
        suppression_limit=DEFAULT_SUPPRESSION,
        quasi_identifiers=dict(sorted(attributes.items())),
        subjects=subject_addresses(decisions, structure.stats),
        maps=structure.maps,
    )


def extend(policy: Policy, read: Read, missing: Iterable[Address]) -> dict[Address, Decision]:
    """Proposed decisions for leaves that a policy lacks; quasi-identifiers it does not name become surrogates."""
    stats = hoisted(gather(read(), policy.table, policy.is_map))
    classifier = Classifier(policy.k, Vocabulary())
    proposed = {}
    for address in missing:
        place = address._replace(endpoint=ANY) if address.location in SHARED else address
        if place in stats.leaves:
            decision = classifier.decide(place, stats.leaves[place])
            known = decision.action is not Action.GENERALISE or decision.argument in policy.quasi_identifiers
            proposed[place] = decision if known else surrogate(FALLBACKS[decision.argument])
    return proposed


def new_endpoints(policy: Policy, read: Read) -> tuple[str, ...]:
    """Templates for the requests that no endpoint of the policy matches."""
    table = policy.table
    pairs = [
        (e.request.method, e.request.path) for e in read() if table.match(e.request.method, e.request.path) is None
    ]
    return safe_endpoints(pairs, lambda segment: False).names if pairs else ()


def accepted(policy: Policy, read: Read) -> Policy:
    """The policy with every proposal taken: new endpoints first, then a decision for each leaf that has none."""
    wider = replace(policy, endpoints=tuple(sorted({*policy.endpoints, *new_endpoints(policy, read)})))
    missing = collect(read(), wider).missing
    return replace(wider, decisions={**wider.decisions, **extend(wider, read, missing)}) if missing else wider


def without_quasi_identifiers(policy: Policy) -> Policy:
    """The policy with a surrogate in the place of every quasi-identifier, for captures of too few people."""
    decisions = {
        address: surrogate(FALLBACKS.get(d.argument, "text")) if d.action is Action.GENERALISE else d
        for address, d in policy.decisions.items()
    }
    return replace(policy, decisions=decisions, quasi_identifiers={})


def hoisted(stats: TraceStats) -> TraceStats:
    """Statistics with the shared locations of all endpoints put together under "*"."""
    leaves: dict[Address, LeafStats] = {}
    for address, leaf in stats.leaves.items():
        place = address._replace(endpoint=ANY) if address.location in SHARED else address
        leaves[place] = leaf if place not in leaves else leaves[place].merged(leaf)
    return TraceStats(leaves, stats.sessions, stats.exchanges)


@dataclass(frozen=True, slots=True)
class _Structure:
    table: EndpointTable
    maps: frozenset[Address]
    stats: TraceStats
    decisions: dict[Address, Decision]


def _structure(read: Read, classifier: Classifier, known: frozenset[Address]) -> _Structure:
    """Look once; if sensitive values stand in path literals or objects prove to be maps, look again with that known."""
    pairs = [(exchange.request.method, exchange.request.path) for exchange in read()]
    table = safe_endpoints(pairs, lambda segment: False)
    found = _looked(read, table, known, classifier)
    sensitive, people = _sensitive(found, classifier.vocabulary), _people(found)
    maps = find_maps(found.stats) | keyed_by(found.stats, sensitive, people)
    settled = safe_endpoints(pairs, lambda segment: fold(unquote(segment)) in sensitive)
    if settled.names != table.names or maps:
        found = _looked(read, settled, placed(maps, settled) | known, classifier)
    return replace(found, decisions=without_telling_lines(found.decisions, telling_finder(sensitive, people)))


def _looked(read: Read, table: EndpointTable, maps: frozenset[Address], classifier: Classifier) -> _Structure:
    def is_map(endpoint: str, location: str, pointer: Pointer) -> bool:
        return Address(ANY, location, pointer) in maps or Address(endpoint, location, pointer) in maps

    stats = hoisted(gather(read(), table, is_map))
    decisions = {address: classifier.decide(address, leaf) for address, leaf in stats.leaves.items()}
    return _Structure(table, maps, stats, decisions)


def _sensitive(found: _Structure, vocabulary: Vocabulary) -> frozenset[str]:
    """Values of leaves that are to be replaced wherever they stand."""
    values: set[str] = set()
    for address, decision in found.decisions.items():
        joins = decision.action is Action.SURROGATE and CLASSES[decision.argument].joins
        if joins and address.location not in (Location.PATH, Location.HOST):
            is_name = decision.argument == "person"
            is_spelt = decision.argument in _SPELT
            for value in found.stats.leaves[address].values:
                folded = fold(value)
                if (is_name and " " in folded) or not vocabulary.is_public(value if is_spelt else folded):
                    values.add(folded)
    return frozenset(value for value in values if len(value) >= _SHORTEST_IN_PATHS)


def _people(found: _Structure) -> frozenset[str]:
    """Values that name a person or one of their things by themselves."""
    return frozenset(
        fold(value)
        for address, decision in found.decisions.items()
        if decision.action is Action.SURROGATE and decision.argument in _NAMING
        for value in found.stats.leaves[address].values
    )


def _can_group(policy: Policy, found: Collected) -> bool:
    """True if every published combination would have k people, within the suppression limit."""
    people = found.subjects.table()
    if len(people.rows) < policy.k:
        return False
    plan = plan_groups(task_of(people, policy))
    return len(plan.suppressed) <= policy.suppression_limit * plan.population
