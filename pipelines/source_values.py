"""The values of a raw trace that must not stand in anything published, for the scan over published files.

They are found again from the raw trace and the policy whenever they are needed, and are never written anywhere.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from smartsandbox.packs.progress import Track, silent

if TYPE_CHECKING:
    from smartsandbox.anonymize.policy import Policy
    from smartsandbox.packs.trace import Trace

SINGLE_NAMES = frozenset(("first_name", "last_name"))
"""Synthetic people are named from public lists, where a first name or a last name alone says nothing of anybody."""


@dataclass(frozen=True, slots=True)
class SourceValue:
    """A value and the class under which the policy replaces it."""

    value: str = field(repr=False)
    kind: str


@dataclass(slots=True)
class SourceValues:
    """Finds them, and remembers those of the last capture: within one process, several checks ask for the same."""

    _digests: tuple[str, str] = ("", "")
    _found: tuple[SourceValue, ...] = field(default=(), repr=False)

    def of(self, raw: Path, policy: Path) -> tuple[SourceValue, ...]:
        """Every value of a raw trace that the policy replaces, sorted. Raises UsageError if either cannot be read."""
        from smartsandbox.anonymize.policy_file import read_policy
        from smartsandbox.packs.trace import Trace

        trace, rules = Trace.open(raw), read_policy(policy)
        if self._digests != (trace.digest, rules.digest):
            self._found = find_source_values(trace, rules)
            self._digests = (trace.digest, rules.digest)
        return self._found


def find_source_values(raw: "Trace", policy: "Policy", track: Track = silent) -> tuple[SourceValue, ...]:
    """They are the same under any key, so a throw-away one finds them."""
    from smartsandbox.anonymize.apply import prepare, source_values
    from smartsandbox.anonymize.keys import OsKeys

    settled, _ = prepare(raw, policy, OsKeys().key(), track)
    kinds = settled.book.needles
    return tuple(SourceValue(value, kinds[folded]) for folded, value in sorted(source_values(settled).items()))
