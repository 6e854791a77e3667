"""The checks that a rewritten trace must pass, in the order of the certificate. One check is one file and one row
here.
"""

from __future__ import annotations

from smartsandbox.anonymize.checks.attacks import attack_suite
from smartsandbox.anonymize.checks.bands import bands
from smartsandbox.anonymize.checks.base import Check, Suite
from smartsandbox.anonymize.checks.complete import complete
from smartsandbox.anonymize.checks.inference import l_diversity, t_closeness
from smartsandbox.anonymize.checks.k_anonymity import k_anonymity
from smartsandbox.anonymize.checks.kept_identifiers import kept_identifiers
from smartsandbox.anonymize.checks.km_anonymity import km_anonymity
from smartsandbox.anonymize.checks.leak_scan import leak_scan
from smartsandbox.anonymize.checks.surrogates import one_to_one
from smartsandbox.anonymize.policy import Policy

CHECKS: tuple[Check, ...] = (
    complete,
    k_anonymity,
    km_anonymity,
    bands,
    one_to_one,
    kept_identifiers,
    leak_scan,
)
"""Those that every policy is held to. The leak scan is the last: it gives back what the others share."""

SUITES: tuple[Suite, ...] = (attack_suite,)
"""Run after the checks."""


def checks_for(policy: Policy) -> tuple[Check, ...]:
    """The checks for a policy: l-diversity and t-closeness where it asks for them."""
    asked = policy.sensitive.values()
    l_asked = (l_diversity,) if any(attribute.l for attribute in asked) else ()
    t_asked = (t_closeness,) if any(attribute.t for attribute in asked) else ()
    return (*CHECKS[:2], *l_asked, *t_asked, *CHECKS[2:])
