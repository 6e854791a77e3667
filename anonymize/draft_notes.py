"""Why a drafted policy decides as it does: a few words a decision, for whoever reviews it. Never a captured value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from smartsandbox.anonymize.classify.names import meaning_of
from smartsandbox.anonymize.classify.shapes import shape_of
from smartsandbox.anonymize.classify.stats import LeafStats, TraceStats
from smartsandbox.anonymize.leaves import ANY, Address
from smartsandbox.anonymize.policy import Policy

_LOOKED_AT = 20
"""Values whose shape is told; a note is a hint, not the decision."""


def cost_lines(costs: Sequence[str]) -> str:
    """Comments for the head of a draft that is padded, "" if it is not."""
    said = (
        "Answers of their own sizes would tell people apart, so this draft pads them:",
        *(f"  {one}" for one in costs),
    )
    return _comments(said) if costs else ""


def foreseen_lines(foreseen: Sequence[str], edits: Sequence[str] = ()) -> str:
    """Comments for the head of a draft that is foreseen to be refused, and what a reviewer can do; "" if it is not.

    `edits` are lines with which it was rehearsed and went through.
    """
    if not foreseen:
        return ""
    through = ("These lines in the place of those below let it through, as rehearsed:", *(f"  {one}" for one in edits))
    return _comments(
        (
            "Under this draft a run is foreseen to be refused, as these attacks find people, or may in another draw:",
            *(f"  {line}" for line in foreseen),
            *(through if edits else ()),
            "Capture more sessions that do the same things. Or, if nobody real stands in this capture, say so here:",
            "test_accounts: whose accounts these are, in a few words",
        )
    )


def _comments(lines: Iterable[str]) -> str:
    return "".join(f"# {line}\n" for line in lines)


def notes_of(policy: Policy, stats: TraceStats) -> dict[Address, str]:
    """For each entry under decisions, how often its leaves were seen, at how many endpoints, and what spoke for it."""
    leaves: dict[Address, list[LeafStats]] = defaultdict(list)
    for address, leaf in stats.leaves.items():
        own = address in policy.decisions
        leaves[address if own else address._replace(endpoint=ANY)].append(leaf)
    return {address: _note(address, leaves[address]) for address in policy.decisions if address in leaves}


def _note(address: Address, leaves: list[LeafStats]) -> str:
    seen = f"seen {sum(leaf.count for leaf in leaves)}" + (f" at {len(leaves)} endpoints" if len(leaves) > 1 else "")
    values = islice((value for leaf in leaves for value in leaf.meaningful), _LOOKED_AT)
    evidence: Mapping[str, str | None] = {"name": meaning_of(address.pointer), "values": shape_of(list(values))}
    return "; ".join((seen, *(f"{kind}: {word}" for kind, word in evidence.items() if word)))
