"""What a reviewer can do about checks that did not pass: lines to add to the policy, and decisions to change.

A check that could not tell may be waived with a reason; what a check found to be unsafe must be changed. Nothing here
quotes a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from smartsandbox.anonymize.leaves import to_text
from smartsandbox.anonymize.policy import Action, Policy
from smartsandbox.anonymize.policy_text import waiver_lines
from smartsandbox.anonymize.stricter import blamed_places
from smartsandbox.packs.certificate import Verdict

MOST_CHANGES = 8
BLAMED = "blamed"
"""The metric of a verdict that names the attributes to change, separated by commas."""

_INSTEAD = {
    Action.KEEP: "band {name}, for a number, or surrogate category",
    Action.COMMON: "surrogate category",
    Action.RETIME: "surrogate date",
    Action.BAND: "surrogate number",
    Action.GENERALISE: "generalise {name} with a larger k",
}


def advice(verdicts: Iterable[Verdict], policy: Policy) -> str:
    """The lines for a reviewer, empty if nothing can be said: first what could not be told, then what was found."""
    refused = [verdict for verdict in verdicts if not verdict.accepted]
    untold = {verdict.check: verdict.summary for verdict in refused if not verdict.told}
    lines = []
    if untold:
        lines += ["# these could not tell; to publish all the same, a reviewer adds to the policy:"]
        lines += ["waive:", *waiver_lines(untold)]
    changes = [line for verdict in refused if verdict.told for line in _changes(verdict, policy)]
    if changes:
        lines += ["# these found the release unsafe; decisions to change, the first to blame first:", *changes]
    return "\n".join(lines)


def _changes(verdict: Verdict, policy: Policy) -> Iterator[str]:
    names = [name for name in str(verdict.metrics.get(BLAMED, "")).split(", ") if name]
    found = (line for name in names for line in _decisions(name, policy))
    for line, _ in zip(dict.fromkeys(found), range(MOST_CHANGES), strict=False):
        yield f"#   {verdict.check}: {line}"


def _decisions(name: str, policy: Policy) -> Iterator[str]:
    for address, decision in blamed_places(name, policy):
        instead = _INSTEAD[decision.action].format(name=name)
        yield f"{address.location} {to_text(address.pointer)}: {decision} -> {instead}"
