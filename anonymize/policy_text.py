"""Writes a policy as YAML: compact, in a fixed order, so that two versions differ only where the policy does.

Comments say what each section is for; a draft adds to each decision what spoke for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from smartsandbox.anonymize.leaves import ANY, Address, to_text
from smartsandbox.anonymize.policy import POLICY_FORMAT, Action, Decision, Policy
from smartsandbox.anonymize.recoding import Recoding
from smartsandbox.anonymize.sensitive import Sensitive
from smartsandbox.anonymize.size_classes import EXACT, text_of_sizes

_HEAD = """\
# What becomes of every leaf of this service's traffic. Reviewed like code; see docs/policy.md.
# keep | common | drop | surrogate CLASS | generalise ATTRIBUTE | band POOL | retime | free_text
"""

Notes = Mapping[Address, str]
"""A few words on decisions, by their address."""

_NONE: Notes = MappingProxyType({})


def write_policy(policy: Policy, notes: Notes = _NONE) -> str:
    """The YAML text of a policy, in a fixed order; `parse_policy` reads it back to an equal policy."""
    lines = [
        *_HEAD.splitlines(),
        f"format: {POLICY_FORMAT}",
        f"service: {_quoted(policy.service)}",
        *_statement_lines(policy.test_accounts),
        f"k: {policy.k}",
        f"m: {policy.m}",
        f"suppression_limit: {policy.suppression_limit:g}",
        *([f"method: {policy.method}"] if policy.method is not Recoding.MONDRIAN else ()),
        *([f"sizes: {text_of_sizes(policy.sizes)}"] if policy.sizes != EXACT else ()),
        *_people_lines(policy),
        *_section("maps", "Objects whose keys are values too.", _address_lines(policy.maps)),
        *_section("waive", "Checks that need not tell, and why.", waiver_lines(policy.waivers)),
        '# An entry under "*" holds where an endpoint has none of its own.',
        "decisions:",
        *decision_lines(policy.decisions, policy.endpoints, notes),
    ]
    return "\n".join(lines) + "\n"


def _statement_lines(statement: str) -> list[str]:
    said = "# A person states that nobody real was captured: attacks on people are played and told, but need not hold."
    return [said, f"test_accounts: {_quoted(statement)}"] if statement else []


def _people_lines(policy: Policy) -> Iterator[str]:
    places = Counter(d.argument for d in policy.decisions.values() if d.action is Action.GENERALISE)
    attributes = (
        f"  {_quoted(name)}: {kind}  # places: {places[name]}"
        for name, kind in sorted(policy.quasi_identifiers.items())
    )
    files = ((name, file.path) for name, file in sorted(policy.hierarchies.items()))
    sensitive = (line for name, one in sorted(policy.sensitive.items()) for line in _sensitive_lines(name, one))
    shared = "What together may single a person out: published in combinations that at least k people share."
    yield from _section("quasi_identifiers", shared, attributes)
    yield from _section("hierarchies", "How their values generalise.", map(_entry, files))
    yield from _section("sensitive", "What no such group may give away about its members.", sensitive)
    yield from _section(
        "subjects",
        "What names a person, who counts once: an identifier, or a client's credential or cookie.",
        _address_lines(policy.subjects),
    )


def _section(name: str, comment: str, lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return [f"# {comment}", f"{name}:", *found] if found else []


def _entry(pair: tuple[str, str]) -> str:
    return f"  {_quoted(pair[0])}: {_quoted(pair[1])}"


def _sensitive_lines(name: str, attribute: Sensitive) -> list[str]:
    bounds = [f"    {word}: {bound}" for word, bound in (("l", attribute.l), ("t", attribute.t)) if bound]
    places = [f"    {line}" for line in _address_lines(attribute.at)]
    return [f"  {_quoted(name)}:", f"    kind: {attribute.kind}", *bounds, "    at:", *places]


def waiver_lines(waivers: Mapping[str, str]) -> list[str]:
    """The lines under `waive:`, by the name of the check."""
    return [_entry(pair) for pair in sorted(waivers.items())]


def decision_lines(
    decisions: Mapping[Address, Decision], endpoints: Iterable[str] = (), notes: Notes = _NONE
) -> list[str]:
    """The lines under `decisions:`, "*" first, then endpoints by name."""
    grouped: dict[str, dict[str, list[Address]]] = {name: {} for name in (ANY, *sorted(endpoints))}
    for address in sorted(decisions):
        grouped.setdefault(address.endpoint, {}).setdefault(address.location, []).append(address)
    lines = []
    for endpoint, locations in grouped.items():
        if not locations and endpoint == ANY:
            continue
        lines.append(f"  {_quoted(endpoint)}:" + ("" if locations else " {}"))
        for location, addresses in locations.items():
            lines += _location_lines(location, addresses, decisions, notes)
    return lines or ["  {}"]


def _location_lines(
    location: str, addresses: list[Address], decisions: Mapping[Address, Decision], notes: Notes
) -> list[str]:
    said = {one: f"{decisions[one]}" + (f"  # {notes[one]}" if one in notes else "") for one in addresses}
    if [one.pointer for one in addresses] == [()]:
        return [f"    {location}: {said[addresses[0]]}"]
    return [f"    {location}:", *(f"      {_quoted(to_text(one.pointer))}: {said[one]}" for one in addresses)]


def _address_lines(addresses: Iterable[Address]) -> list[str]:
    grouped: dict[str, dict[str, list[str]]] = {}
    for address in sorted(addresses):
        grouped.setdefault(address.endpoint, {}).setdefault(address.location, []).append(to_text(address.pointer))
    lines = []
    for endpoint, locations in grouped.items():
        lines.append(f"  {_quoted(endpoint)}:")
        lines += [f"    {place}: [{', '.join(map(_quoted, texts))}]" for place, texts in locations.items()]
    return lines


def _quoted(text: str) -> str:
    """Plain where YAML takes it for the same string, otherwise double-quoted."""
    plain = text.replace("/", "").replace("_", "").replace("-", "").replace(".", "")
    if plain.isalnum() and plain.isascii() and plain[0].isalpha() and plain.lower() not in _YAML_WORDS:
        return text
    escaped = "".join(_escape(char) for char in text)
    return f'"{escaped}"'


def _escape(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable() and ord(char) < 0xD800:
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"


_YAML_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
