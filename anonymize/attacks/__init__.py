"""Attacks on a publication, one a file; this table is the registry. The bounds are in `gate`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from smartsandbox.anonymize.attacks.base import Attack
from smartsandbox.anonymize.attacks.cross_release import CrossRelease
from smartsandbox.anonymize.attacks.inference import Inference
from smartsandbox.anonymize.attacks.interarrival import Interarrival
from smartsandbox.anonymize.attacks.known_requests import KnownRequests
from smartsandbox.anonymize.attacks.linkability import Linkability
from smartsandbox.anonymize.attacks.rare_endpoints import RareEndpoints
from smartsandbox.anonymize.attacks.singling_out import Multivariate, Univariate
from smartsandbox.anonymize.attacks.sizes import Sizes
from smartsandbox.anonymize.size_classes import EXACT

SIZES = "response-size fingerprint"
MEMBERSHIP = "membership by rare endpoints"

ATTACKS: Mapping[str, Attack] = MappingProxyType(
    {
        "singling out by one attribute": Univariate(),
        "singling out by attributes": Multivariate(),
        "linkability of attributes": Linkability(),
        "inference of an attribute": Inference(),
        "known requests": KnownRequests(),
        "inter-arrival fingerprint": Interarrival(),
        SIZES: Sizes(),
        MEMBERSHIP: RareEndpoints(),
        "cross-release intersection": CrossRelease(),
    }
)
"""Attack by the name that certificates print."""


def attacks_for(m: int, least_size: int = EXACT) -> Mapping[str, Attack]:
    """The attacks on a release whose policy bounds what m known endpoints show; with m = 0 membership is not tried.
    Its answers are padded to classes of size from `least_size` bytes on, if it is not EXACT.
    """
    return {**ATTACKS, MEMBERSHIP: RareEndpoints(known=m), SIZES: Sizes(least=least_size)}
