"""The asset checks: what must hold of an asset before anything is made from it.

Blocking checks of severity ERROR stop everything downstream in the same run. Those on packs and fixture sets leave
evidence as well, which publishing reads, so they hold across runs too.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import orjson

from smartsandbox.packs.manifest import MANIFEST_FILE
from smartsandbox.pipelines.assets.published import PUBLICATIONS, Publication
from smartsandbox.pipelines.evidence import Evidence
from smartsandbox.pipelines.failures import explained
from smartsandbox.pipelines.gates import (
    Gate,
    fidelity_gate,
    findings,
    fixture_gate,
    leak_gate,
    ledger_gate,
    pack_gate,
    privacy_gate,
    replay_gate,
    synthetic_leak_gate,
)
from smartsandbox.pipelines.partitions import CaptureKey, capture_key, captures
from smartsandbox.pipelines.resources import PolicyFolder, WorkFolder
from smartsandbox.pipelines.source_values import SourceValue, SourceValues

MOST_SHOWN = 20
Place = Callable[[WorkFolder, CaptureKey], Path]


def partitioned_check(**options: Any) -> Callable[[Callable[..., dg.AssetCheckResult]], dg.AssetChecksDefinition]:
    """`dagster.asset_check` over the same partitions as the assets, so that an evaluation records its partition.

    Partitioned checks are in preview in Dagster 1.13: this is the one place that would change with them.
    """

    def decorate(function: Callable[..., dg.AssetCheckResult]) -> dg.AssetChecksDefinition:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", dg.PreviewWarning)
            return dg.asset_check(partitions_def=captures, **options)(function)

    return decorate


def outcome(found: Iterable[str], severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR) -> dg.AssetCheckResult:
    """Passed where nothing was found; else failed with the first lines."""
    lines = list(found)
    shown = "\n".join(f"- {line}" for line in lines[:MOST_SHOWN])
    return dg.AssetCheckResult(
        passed=not lines,
        severity=severity,
        description=lines[0] if lines else "held",
        metadata={"findings": len(lines), "first findings": dg.MetadataValue.md(shown or "none")},
    )


def trace_check(asset: str, name: str, gate: Gate, place: Place, about: str) -> dg.AssetChecksDefinition:
    """A blocking check of one gate on a trace."""

    @partitioned_check(asset=asset, name=name, blocking=True, description=about)
    def check(context: dg.AssetCheckExecutionContext, work_folder: WorkFolder) -> dg.AssetCheckResult:
        with explained():
            return outcome(findings(gate, place(work_folder, capture_key(context))))

    return check


@dataclass(frozen=True, slots=True)
class PublicationGate:
    """A gate on what is to be published."""

    about: str
    find: Callable[[Path, Callable[[], Iterable[SourceValue]]], Iterator[str]]
    """From the folder, and from the source values, which are found only where they are asked for."""


PUBLICATION_GATES = {
    "pack_verifies": PublicationGate(
        "The certificate and every file hold, and digests and match keys come out the same from the rows.",
        lambda folder, values: pack_gate(folder),
    ),
    "fixture_set_verifies": PublicationGate(
        "The certificate and every file hold, and digests come out the same from the rows.",
        lambda folder, values: fixture_gate(folder),
    ),
    "no_raw_value": PublicationGate(
        "No sensitive value of the raw trace stands in any file, in ten encodings.",
        lambda folder, values: leak_gate(folder, values()),
    ),
    "no_raw_record": PublicationGate(
        "No sensitive value of the raw trace stands in any file, single first and last names aside.",
        lambda folder, values: synthetic_leak_gate(folder, values()),
    ),
    "self_replay": PublicationGate(
        "Served and driven against itself, the pack gives 100 % of its recorded answers.",
        lambda folder, values: replay_gate(folder),
    ),
}


def publication_check(publication: Publication, name: str) -> dg.AssetChecksDefinition:
    """A blocking check on what is to be published, which leaves evidence for the content it looked at."""
    gate = PUBLICATION_GATES[name]

    @partitioned_check(asset=publication.source, name=name, blocking=True, description=gate.about)
    def check(
        context: dg.AssetCheckExecutionContext, work_folder: WorkFolder, source_values: dg.ResourceParam[SourceValues]
    ) -> dg.AssetCheckResult:
        with explained():
            key = capture_key(context)
            folder = publication.folder(work_folder, key)
            values = partial(source_values.of, work_folder.raw(key), work_folder.policy(key))
            found = findings(lambda checked: gate.find(checked, values), folder)
            digest = orjson.loads((folder / MANIFEST_FILE).read_bytes())["digest"]
            Evidence(name, digest, tuple(found)).write(work_folder.evidence(key, publication.source))
            return outcome(found)

    return check


TRACE_CHECKS = (
    trace_check(
        "raw_trace",
        "ledger_balances",
        ledger_gate,
        lambda work, key: work.raw(key),
        "Every exchange seen was kept or dropped with a reason, and the rows are those that were counted.",
    ),
    trace_check(
        "anonymised_trace",
        "privacy_gate",
        privacy_gate,
        lambda work, key: work.anonymised(key),
        "The certificate passed, still fits the rows, and was not made with a test key.",
    ),
)


@partitioned_check(
    asset="policy",
    name="policy_is_reviewed",
    blocking=True,
    description="The policy is the service's reviewed file. A draft warns, or stops where review is required.",
)
def policy_is_reviewed(
    context: dg.AssetCheckExecutionContext, work_folder: WorkFolder, policy_folder: PolicyFolder
) -> dg.AssetCheckResult:
    """Compares the policy in use with the reviewed one, byte by byte."""
    with explained():
        key = capture_key(context)
        reviewed = policy_folder.reviewed(key.service)
        same = reviewed is not None and reviewed.read_bytes() == work_folder.policy(key).read_bytes()
    severity = dg.AssetCheckSeverity.ERROR if policy_folder.require_review else dg.AssetCheckSeverity.WARN
    return dg.AssetCheckResult(
        passed=same,
        severity=severity,
        description="reviewed"
        if same
        else f"not reviewed: review {work_folder.policy(key)} and put it into {policy_folder.root}",
    )


@partitioned_check(
    asset="fixture_set",
    name="fidelity",
    description="No synthetic column is far from the anonymised column it was modelled on. Warns only.",
)
def fidelity(context: dg.AssetCheckExecutionContext, work_folder: WorkFolder) -> dg.AssetCheckResult:
    """A small or odd capture may well be hard to model, which makes fixtures plainer and not unsafe."""
    with explained():
        found = findings(fidelity_gate, work_folder.fixtures(capture_key(context)))
    return outcome(found, dg.AssetCheckSeverity.WARN)


CHECKS = [
    *TRACE_CHECKS,
    policy_is_reviewed,
    fidelity,
    *(publication_check(publication, name) for publication in PUBLICATIONS for name in publication.checks),
]
