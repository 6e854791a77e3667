"""The m that a drafted policy asks for: the largest that costs no more exchanges than may be suppressed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from smartsandbox.anonymize.checks.km_anonymity import NAME
from smartsandbox.anonymize.courses import course_of
from smartsandbox.anonymize.kanon.cuts import affordable_m
from smartsandbox.anonymize.policy import Policy
from smartsandbox.packs.model import Exchange

REASON = "too few people share the endpoints of this capture for any m; who knows a rare one may find its person"


def with_affordable_m(policy: Policy, read: Callable[[], Iterable[Exchange]]) -> Policy:
    """The policy with m of 2, 1 or 0, and with the waiver that 0 needs."""
    m = affordable_m(course_of(read(), policy), policy.k, policy.suppression_limit)
    waivers = policy.waivers if m else {**policy.waivers, NAME: REASON}
    return replace(policy, m=m, waivers=waivers)
