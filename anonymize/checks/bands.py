"""Numbers in bands: how many people share the smallest band of each pool, and how far the distribution moved."""

from __future__ import annotations

from smartsandbox.anonymize.bands import KNOWN
from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.packs.certificate import Verdict


def bands(evidence: Evidence) -> Verdict:
    """Passes if every band is shared by at least k people; a pool of fewer is published as surrogate numbers."""
    k = evidence.policy.k
    pools = {name: pool for name, pool in evidence.bands.items() if pool.bands is not None}
    sizes = {name: pool.bands.smallest for name, pool in pools.items() if pool.bands and pool.bands.bands}
    small = sorted(name for name, size in sizes.items() if size < k)
    smallest = min(sizes.values(), default=0)
    return Verdict(
        check="numbers in bands",
        criterion="inference",
        passed=not small,
        summary=_summary(len(evidence.bands), len(pools), len(sizes), smallest),
        bounds={"k": k, "known_numbers": KNOWN},
        metrics={
            "smallest_band": smallest,
            "pools_without_bands": len(evidence.bands) - len(pools),
            **{f"ks {name}": round(pool.distance(), 6) for name, pool in pools.items()},
        },
        findings=tuple(f"{name}: a band of fewer than {k} people" for name in small),
    )


def _summary(pools: int, enough: int, banded: int, smallest: int) -> str:
    if not pools:
        return "no number is published in bands"
    if not enough:
        return "too few people for bands: surrogate numbers instead"
    if not banded:
        return "many people hold every number of every pool"
    return f"{banded} pools of numbers, each band shared by {smallest} people or more"
