"""Privacy criteria on equivalence classes, one a file; this table is the registry."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from smartsandbox.anonymize.criteria.base import Criterion
from smartsandbox.anonymize.criteria.distinct_l_diversity import DistinctLDiversity
from smartsandbox.anonymize.criteria.entropy_l_diversity import EntropyLDiversity
from smartsandbox.anonymize.criteria.equal_distance_t_closeness import EqualDistanceTCloseness
from smartsandbox.anonymize.criteria.k_anonymity import KAnonymity
from smartsandbox.anonymize.criteria.ordered_distance_t_closeness import OrderedDistanceTCloseness
from smartsandbox.anonymize.criteria.recursive_cl_diversity import RecursiveCLDiversity

CRITERIA: Mapping[str, type[Criterion]] = MappingProxyType(
    {
        "k-anonymity": KAnonymity,
        "distinct l-diversity": DistinctLDiversity,
        "entropy l-diversity": EntropyLDiversity,
        "recursive (c,l)-diversity": RecursiveCLDiversity,
        "equal-distance t-closeness": EqualDistanceTCloseness,
        "ordered-distance t-closeness": OrderedDistanceTCloseness,
    }
)
"""Criterion by its published name; each is made with its bound and, where it reads one, the sensitive attribute."""
