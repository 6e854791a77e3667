"""What a policy can ask for where no decision helps: larger classes of size, and exchanges cut that few people share.

A remedy is tried in a rehearsal before anybody hears of it; here is what it would be, and what it would cost.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from math import ceil

from smartsandbox.anonymize.attacks import MEMBERSHIP, SIZES
from smartsandbox.anonymize.checks.attacks import SEED, check_name
from smartsandbox.anonymize.checks.km_anonymity import NAME as KM_ANONYMITY
from smartsandbox.anonymize.courses import course_of
from smartsandbox.anonymize.kanon.cuts import Cuts, cuts
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.size_classes import text_of_sizes
from smartsandbox.anonymize.size_forecast import STEP, SizeForecast, padding, size_forecast
from smartsandbox.packs.certificate import Verdict
from smartsandbox.packs.trace import Trace

OF_SIZES = check_name(SIZES)
OF_SESSIONS = frozenset(
    {
        OF_SIZES,
        *map(check_name, ("known requests", "inter-arrival fingerprint", "cross-release intersection", MEMBERSHIP)),
    }
)
"""Attacks that find sessions by what they are like, whatever is published of attributes. Cuts help against all but
that on sizes.
"""

LARGEST_M = 2
MOST_CUT = 0.8
"""With a larger share of the exchanges cut nothing is left that would be worth a release."""

FEWER = 3
"""The k of which a draft says what it would cost, for a reviewer to whom groups of so few are enough."""

_SLACK = 0.005
"""Above the share that must be cut, as cutting may have to be repeated."""


class Remedies:
    """The remedies for one trace; what they cost is found out once."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._cuts: dict[tuple[int, int], Cuts] = {}

    def of(self, policy: Policy, refused: Iterable[Verdict]) -> Policy:
        """The policy with the next remedy for the attacks that refuse it; the same one where there is none left."""
        checks = OF_SESSIONS & {one.check for one in refused}
        sized = OF_SIZES in checks and policy.sizes < self.sizes.largest
        found = replace(policy, sizes=self._larger(policy.sizes)) if sized else policy
        return self._cut(found) if checks - {OF_SIZES} else found

    def _larger(self, least: int) -> int:
        return self.sizes.least if least < self.sizes.least else min(self.sizes.largest, least * STEP)

    def _cut(self, policy: Policy) -> Policy:
        if policy.m >= LARGEST_M:
            return policy
        share = self.cut(policy, policy.m + 1).share
        if share > MOST_CUT:
            return policy
        limit = max(policy.suppression_limit, ceil((share + _SLACK) * 100) / 100)
        waivers = {check: reason for check, reason in policy.waivers.items() if check != KM_ANONYMITY}
        return replace(policy, m=policy.m + 1, suppression_limit=limit, waivers=waivers)

    @cached_property
    def sizes(self) -> SizeForecast:
        """The class of size that hides most."""
        return size_forecast(self._trace.exchanges, SEED)

    def cut(self, policy: Policy, m: int) -> Cuts:
        """What goes if any m endpoints are to be shared by as many people as the policy says."""
        if (policy.k, m) not in self._cuts:
            self._cuts[policy.k, m] = cuts(course_of(self._trace.exchanges(), policy), policy.k, m)
        return self._cuts[policy.k, m]

    def lines(self, before: Policy, after: Policy) -> tuple[str, ...]:
        """The lines of a policy that the remedies change, each with its cost."""
        found = []
        if after.sizes != before.sizes:
            found.append(size_line(self._trace, after.sizes))
        if after.m != before.m:
            found += [f"m: {after.m}  # {self._cost(after)}", f"suppression_limit: {after.suppression_limit:g}"]
        return tuple(found)

    def _cost(self, policy: Policy) -> str:
        """What is cut, and what would be if fewer people had to share it."""
        cost = f"cuts {self.cut(policy, policy.m).count} of {self._trace.count} exchanges"
        fewer = replace(policy, k=FEWER)
        return f"{cost}, with k: {FEWER} {self.cut(fewer, fewer.m).count}" if policy.k > FEWER else cost


def size_line(trace: Trace, least: int) -> str:
    """The line of a policy that pads answers to classes from `least` on, with its cost."""
    held, added = padding(trace.exchanges, least, SEED)
    return f"sizes: {text_of_sizes(least)}  # adds {_amount(added)} to {_amount(held)} of answers"


def _amount(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.1f} kB"
