"""Writes a policy as YAML: compact, in a fixed order, so that two versions differ only where the policy does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from smartsandbox.anonymize.leaves import ANY, Address, to_text
from smartsandbox.anonymize.policy import POLICY_FORMAT, Decision, Policy
from smartsandbox.anonymize.recoding import Recoding
from smartsandbox.anonymize.sensitive import Sensitive

_HEAD = """\
# What becomes of every leaf of this service's traffic. Reviewed like code; see docs/policy.md.
# keep | common | drop | surrogate CLASS | generalise ATTRIBUTE | band POOL | retime | free_text
"""


def write_policy(policy: Policy) -> str:
    """The YAML text of a policy, in a fixed order; `parse_policy` reads it back to an equal policy."""
    lines = [_HEAD.rstrip("\n"), f"format: {POLICY_FORMAT}", f"service: {_quoted(policy.service)}", f"k: {policy.k}"]
    lines += [f"m: {policy.m}", f"suppression_limit: {policy.suppression_limit:g}"]
    if policy.method is not Recoding.MONDRIAN:
        lines.append(f"method: {policy.method}")
    if policy.quasi_identifiers:
        lines.append("quasi_identifiers:")
        lines += [f"  {_quoted(name)}: {kind}" for name, kind in sorted(policy.quasi_identifiers.items())]
    if policy.hierarchies:
        lines.append("hierarchies:")
        lines += [f"  {_quoted(name)}: {_quoted(file.path)}" for name, file in sorted(policy.hierarchies.items())]
    if policy.sensitive:
        lines.append("sensitive:")
        for name, attribute in sorted(policy.sensitive.items()):
            lines += _sensitive_lines(name, attribute)
    for name, addresses in (("subjects", policy.subjects), ("maps", policy.maps)):
        if addresses:
            lines += [f"{name}:", *_address_lines(addresses)]
    if policy.waivers:
        lines += ["waive:", *waiver_lines(policy.waivers)]
    lines += ["decisions:", *decision_lines(policy.decisions, policy.endpoints)]
    return "\n".join(lines) + "\n"


def _sensitive_lines(name: str, attribute: Sensitive) -> list[str]:
    bounds = [f"    {word}: {bound}" for word, bound in (("l", attribute.l), ("t", attribute.t)) if bound]
    places = [f"    {line}" for line in _address_lines(attribute.at)]
    return [f"  {_quoted(name)}:", f"    kind: {attribute.kind}", *bounds, "    at:", *places]


def waiver_lines(waivers: Mapping[str, str]) -> list[str]:
    """The lines under `waive:`, by the name of the check."""
    return [f"  {_quoted(check)}: {_quoted(reason)}" for check, reason in sorted(waivers.items())]


def decision_lines(decisions: Mapping[Address, Decision], endpoints: Iterable[str] = ()) -> list[str]:
    """The lines under `decisions:`, "*" first, then endpoints by name."""
    grouped: dict[str, dict[str, dict[str, str]]] = {name: {} for name in (ANY, *sorted(endpoints))}
    for address, decision in sorted(decisions.items()):
        pointers = grouped.setdefault(address.endpoint, {}).setdefault(address.location, {})
        pointers[to_text(address.pointer)] = str(decision)
    lines = []
    for endpoint, locations in grouped.items():
        if not locations and endpoint == ANY:
            continue
        lines.append(f"  {_quoted(endpoint)}:" + ("" if locations else " {}"))
        for location, pointers in locations.items():
            lines += _location_lines(location, pointers)
    return lines or ["  {}"]


def _location_lines(location: str, pointers: dict[str, str]) -> list[str]:
    if list(pointers) == [""]:
        return [f"    {location}: {pointers['']}"]
    return [f"    {location}:", *(f"      {_quoted(pointer)}: {decision}" for pointer, decision in pointers.items())]


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
