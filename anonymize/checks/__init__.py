"""The checks that a rewritten trace must pass, in the order of the certificate. One check is one file and one row
here.
"""

from __future__ import annotations

from smartsandbox.anonymize.checks.base import Check
from smartsandbox.anonymize.checks.complete import complete
from smartsandbox.anonymize.checks.k_anonymity import k_anonymity
from smartsandbox.anonymize.checks.km_anonymity import km_anonymity
from smartsandbox.anonymize.checks.leak_scan import leak_scan
from smartsandbox.anonymize.checks.surrogates import one_to_one

CHECKS: tuple[Check, ...] = (complete, k_anonymity, km_anonymity, one_to_one, leak_scan)
