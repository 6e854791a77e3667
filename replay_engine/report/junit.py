"""The report as JUnit XML, which every CI shows as tests: the verdict, each objective, and each endpoint's answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from smartsandbox.replay_engine.report.verdict import Verdict


def to_junit(report: Mapping[str, Any]) -> bytes:
    """One test suite. An INVALID run is an error, a breached objective a failure; endpoints whose answers differ are
    told in their output and fail nothing, since only objectives decide.
    """
    pack, counts = report["pack"], report["counts"]
    cases = [_verdict(report), *map(_objective, report["objectives"]), *map(_endpoint, report["endpoints"])]
    suite = Element(
        "testsuite",
        name=f"replay of {pack['name']}@{pack['version']} (TEST ONLY)",
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors=str(sum(case.find("error") is not None for case in cases)),
        skipped="0",
        time=f"{counts['seconds']:.3f}",
    )
    properties = SubElement(suite, "properties")
    for name, value in _properties(report):
        SubElement(properties, "property", name=name, value=value)
    suite.extend(cases)
    indent(suite)
    return bytes(tostring(suite, encoding="utf-8", xml_declaration=True)) + b"\n"


def _properties(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "target", report["target"]
    yield "pack.digest", report["pack"]["digest"]
    yield "sent", str(report["counts"]["sent"])
    for name, value in report["shape"].items():
        yield f"shape.{name}", "" if value is None else f"{value:.6g}"


def _case(group: str, name: str, seconds: float | None = None) -> Element:
    return Element("testcase", classname=f"smartsandbox.{group}", name=name, time=f"{seconds or 0:.3f}")


def _verdict(report: Mapping[str, Any]) -> Element:
    case = _case("run", "verdict", report["counts"]["seconds"])
    reasons = "; ".join(report["verdict"]["reasons"])
    if report["verdict"]["name"] == Verdict.INVALID:
        SubElement(case, "error", type="INVALID", message=f"the run says nothing: {reasons}")
    return case


def _objective(item: Mapping[str, Any]) -> Element:
    case = _case("objective", item["objective"])
    if not item["held"]:
        measured = "nothing" if item["measured"] is None else f"{item['measured']:.6g}"
        SubElement(case, "failure", type="BREACHED", message=f"measured {measured}, bound {item['bound']:g}")
    return case


def _endpoint(item: Mapping[str, Any]) -> Element:
    p99 = item["service_ms"]["p99"]
    case = _case("endpoint", item["endpoint"], None if p99 is None else p99 / 1000)
    told = {name: item[name] for name in ("scheduled", "answered", "failed", "differing")}
    SubElement(case, "system-out").text = ", ".join(f"{count} {name}" for name, count in told.items())
    return case
