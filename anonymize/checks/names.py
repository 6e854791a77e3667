"""The names of all checks that a certificate may carry: those are what a policy can waive."""

from __future__ import annotations

from smartsandbox.anonymize.attacks.gate import BOUNDS

CHECK_NAMES: tuple[str, ...] = (
    "decisions complete",
    "k-anonymity",
    "l-diversity",
    "t-closeness",
    "k^m-anonymity",
    "numbers in bands",
    "surrogates one to one",
    "leak scan",
    "identifying forms",
    *(f"attack: {name}" for name in BOUNDS),
)
"""In the order of the certificate. A test holds every verdict against this table."""
