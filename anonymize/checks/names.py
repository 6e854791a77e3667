"""The names of all checks that a certificate may carry: those are what a policy can waive."""

from __future__ import annotations

from smartsandbox.packs.bounds import ASKED_FOR, REQUIRED

CHECK_NAMES: tuple[str, ...] = (*REQUIRED[:2], *ASKED_FOR, *REQUIRED[2:])
"""In the order of the certificate. A test holds every verdict against this table."""
