"""The verdict on a run. INVALID comes first: a run in which the generator fell behind says nothing of the target."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from smartsandbox.packs.errors import InconclusiveError, ObjectiveBreached


class Verdict(StrEnum):
    """HELD: all went as planned and every objective held. BREACHED: an objective did not."""

    HELD = "HELD"
    BREACHED = "BREACHED"
    INVALID = "INVALID"


def judge_run(report: Mapping[str, Any], lateness_bound_ms: float) -> tuple[Verdict, list[str]]:
    """The verdict and its reasons, one line each."""
    counts, lateness = report["counts"], report["latency_ms"]["lateness"]["p99"]
    invalid = []
    if not counts["sent"]:
        invalid.append("nothing was sent")
    if report["workers"]["lost"]:
        lost = ", ".join(map(str, report["workers"]["lost"]))
        invalid.append(f"of {report['workers']['count']} workers these were lost (counted from 0): {lost}")
    if report["interrupted"]:
        invalid.append(f"stopped early: {counts['not_sent']} requests were not sent")
    if counts["shed"]:
        invalid.append(f"{counts['shed']} requests were shed: raise --max-in-flight or lower the pace")
    if lateness is not None and lateness > lateness_bound_ms:
        invalid.append(f"the generator was late: p99 {lateness:.3f} ms, bound {lateness_bound_ms:g} ms")
    if invalid:
        return Verdict.INVALID, invalid
    breached = [f"{item['objective']}: measured {_shown(item)}" for item in report["objectives"] if not item["held"]]
    return (Verdict.BREACHED, breached) if breached else (Verdict.HELD, [])


def _shown(item: Mapping[str, Any]) -> str:
    return "nothing" if item["measured"] is None else f"{item['measured']:.6g} (bound {item['bound']:g})"


def raise_for(report: Mapping[str, Any]) -> None:
    """Raise what the exit code of a run is: InconclusiveError, ObjectiveBreached, or nothing where it held."""
    verdict, reasons = report["verdict"]["name"], "; ".join(report["verdict"]["reasons"])
    if verdict == Verdict.INVALID:
        raise InconclusiveError(f"the run is INVALID: {reasons}")
    if verdict == Verdict.BREACHED:
        raise ObjectiveBreached(f"the run BREACHED its objectives: {reasons}")
