"""Where a policy speaks of people and a capture is silent: subjects and sensitive attributes that never came.

Such a policy may be right, or the field has another name by now; a reader of the certificate has to know.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from smartsandbox.anonymize.leaves import ANY, Address
from smartsandbox.anonymize.policy import Policy


def unseen_places(policy: Policy, seen: Set[Address]) -> tuple[str, ...]:
    """One line for each subject leaf, and for each sensitive attribute with all its places, that never held a value.

    `seen` are the places of subjects and sensitive attributes that did.
    """
    return (*_subjects(policy, seen), *_sensitive(policy, seen))


def _subjects(policy: Policy, seen: Set[Address]) -> Iterator[str]:
    for address in sorted(policy.subjects):
        if not _was_seen(address, seen):
            yield f"subject never seen in this capture: {address}"


def _sensitive(policy: Policy, seen: Set[Address]) -> Iterator[str]:
    for name, attribute in sorted(policy.sensitive.items()):
        if not any(_was_seen(address, seen) for address in attribute.at):
            yield f"sensitive attribute never seen in this capture: {name} (places: {len(attribute.at)})"


def _was_seen(address: Address, seen: Set[Address]) -> bool:
    if address.endpoint != ANY:
        return address in seen
    return any((one.location, one.pointer) == (address.location, address.pointer) for one in seen)
