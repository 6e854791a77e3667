"""The checks that a rewritten trace must pass, in the order of the certificate. One check is one file and one row
here.
"""

from __future__ import annotations

from smartsandbox.anonymize.checks.attacks import attack_suite
from smartsandbox.anonymize.checks.bands import bands
from smartsandbox.anonymize.checks.base import Check, Suite
from smartsandbox.anonymize.checks.complete import complete
from smartsandbox.anonymize.checks.k_anonymity import k_anonymity
from smartsandbox.anonymize.checks.km_anonymity import km_anonymity
from smartsandbox.anonymize.checks.leak_scan import leak_scan
from smartsandbox.anonymize.checks.surrogates import one_to_one

CHECKS: tuple[Check, ...] = (complete, k_anonymity, km_anonymity, bands, one_to_one, leak_scan)

SUITES: tuple[Suite, ...] = (attack_suite,)
"""Run after the checks."""
