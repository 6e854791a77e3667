"""The privacy certificate as a value: which checks ran, at which bounds, and on exactly which content.

`anonymize.certify()` is the only place that mints one. It is bound to an anonymised trace by the digest of its rows;
opening a `SafeTrace` checks that the rows still have that digest and that every verdict passed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from smartsandbox.packs.canonical import digest_json, pretty_json
from smartsandbox.packs.errors import NotSafeError, UsageError
from smartsandbox.packs.trace import ANONYMISED, Trace

CERTIFICATE_FORMAT = 1
CERTIFICATE_FILE = "certificate.json"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one check.

    `criterion` is what of WP216 it speaks to: singling out, linkability or inference. `metrics` are numbers and short
    names, `findings` one line each: places and counts, never captured values. A check that could not tell, because too
    few people or sessions were there to try it on, has `told` False and did not pass; `waiver` is the reason for which
    the reviewed policy lets it be published all the same.
    """

    check: str
    criterion: str
    passed: bool
    summary: str
    bounds: dict[str, Any]
    metrics: dict[str, Any]
    findings: tuple[str, ...] = ()
    told: bool = True
    waiver: str = ""

    @property
    def accepted(self) -> bool:
        """True if it passed, or could not tell and was waived. What a check found to be unsafe is never waived."""
        return self.passed or (not self.told and bool(self.waiver))

    def to_json(self) -> dict[str, Any]:
        """A JSON object of the fields."""
        return {
            "check": self.check,
            "criterion": self.criterion,
            "passed": self.passed,
            "told": self.told,
            "waiver": self.waiver,
            "summary": self.summary,
            "bounds": self.bounds,
            "metrics": self.metrics,
            "findings": list(self.findings),
        }


@dataclass(frozen=True, slots=True)
class Certificate:
    """Evidence that one anonymised trace passed its checks.

    `content_digest` is the digest of the trace's rows. `anonymised` is False for a trace made with a given test key:
    such a trace is repeatable and must never be taken for anonymous. `ledger` holds counts by decision and class.
    """

    content_digest: str
    policy_digest: str
    anonymised: bool
    key_commitment: str
    """SHA-256 of the run key, which was destroyed; shows that two traces were made under different keys."""
    verdicts: tuple[Verdict, ...]
    ledger: dict[str, Any]

    @property
    def passed(self) -> bool:
        """True if checks ran and every one was accepted."""
        return bool(self.verdicts) and all(verdict.accepted for verdict in self.verdicts)

    @property
    def digest(self) -> str:
        """The digest of the certificate itself, which manifests cite."""
        return digest_json(self.to_json())

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `from_json` reads it back."""
        return {
            "format": CERTIFICATE_FORMAT,
            "content_digest": self.content_digest,
            "policy_digest": self.policy_digest,
            "anonymised": self.anonymised,
            "key_commitment": self.key_commitment,
            "verdicts": [verdict.to_json() for verdict in self.verdicts],
            "ledger": self.ledger,
        }

    @staticmethod
    def from_json(value: dict[str, Any]) -> Certificate:
        """Raises RefusedError's child NotSafeError if the object is not a certificate this version can judge."""
        try:
            if value["format"] > CERTIFICATE_FORMAT:
                raise NotSafeError(f"certificate format {value['format']} is newer than {CERTIFICATE_FORMAT}: upgrade")
            verdicts = tuple(Verdict(**{**item, "findings": tuple(item["findings"])}) for item in value["verdicts"])
            return Certificate(
                value["content_digest"],
                value["policy_digest"],
                value["anonymised"],
                value["key_commitment"],
                verdicts,
                value["ledger"],
            )
        except (KeyError, TypeError) as error:
            raise NotSafeError("the certificate is damaged: anonymise again") from error

    @staticmethod
    def read(path: Path) -> Certificate:
        """Read a certificate file."""
        try:
            return Certificate.from_json(orjson.loads(path.read_bytes()))
        except FileNotFoundError as error:
            raise NotSafeError(f"{path.parent} has no {path.name}: only certified content is taken") from error
        except orjson.JSONDecodeError as error:
            raise NotSafeError(f"{path} is not JSON: anonymise again") from error

    def write(self, path: Path) -> None:
        """Write the certificate as readable canonical JSON."""
        path.write_bytes(pretty_json(self.to_json()))


@dataclass(frozen=True, slots=True)
class SafeTrace:
    """An anonymised trace with a certificate that passed and still fits its rows."""

    trace: Trace
    certificate: Certificate

    @staticmethod
    def open(path: Path) -> SafeTrace:
        """Open and verify. Raises UsageError where there is no trace, NotSafeError where it is not certified."""
        trace = Trace.open(path)
        if trace.kind != ANONYMISED:
            raise NotSafeError(f"{path} is a {trace.kind} trace: anonymise it before publishing")
        certificate = Certificate.read(path / CERTIFICATE_FILE)
        if not certificate.passed:
            failed = [verdict.check for verdict in certificate.verdicts if not verdict.accepted]
            raise NotSafeError(f"{path} did not pass: {', '.join(failed) or 'no check ran'}")
        try:
            found = trace.recomputed_digest()
        except (OSError, ValueError, KeyError) as error:
            raise UsageError(f"{path} cannot be read ({type(error).__name__}): anonymise again") from error
        if found != certificate.content_digest:
            raise NotSafeError(f"{path} was changed after it was certified: anonymise again")
        return SafeTrace(trace, certificate)
