"""The privacy certificate as a value: which checks ran, at which bounds, and on exactly which content.

`anonymize.certify()` is the only place that mints one. It is bound to an anonymised trace by the digest of its rows and
by a signed statement about both; opening a `SafeTrace` checks the signature, that the rows still have that digest, and
that every verdict was accepted and agrees with its own numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import orjson

from smartsandbox.packs.attestation import Statement, attest, signers_in, trace_statement
from smartsandbox.packs.bounds import bound_problems, finds_people
from smartsandbox.packs.canonical import digest_json, pretty_json
from smartsandbox.packs.errors import NotSafeError, UsageError
from smartsandbox.packs.keyring import Trusted, TrustedKey, own_key, trusted_keys
from smartsandbox.packs.signing import SigningKey
from smartsandbox.packs.trace import ANONYMISED, META_FILE, Trace

CERTIFICATE_FORMAT = 3
_WITHOUT_STATEMENT = 2
"""The format of a certificate that says nothing of test accounts: its bytes, and digest, are what they were."""
CERTIFICATE_FILE = "certificate.json"
Outcome = Literal["passed", "waived", "test-accounts", "failed"]
T = TypeVar("T")
PASSED: Outcome = "passed"
WAIVED: Outcome = "waived"
TEST_ACCOUNTS: Outcome = "test-accounts"
FAILED: Outcome = "failed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one check.

    `criterion` is what of WP216 it speaks to: singling out, linkability or inference. `metrics` are numbers and short
    names, `findings` one line each: places and counts, never captured values. A check that could not tell, because too
    few people or sessions were there to try it on, has `told` False and did not pass; `waiver` is the reason for which
    the reviewed policy lets it be published all the same. `test_accounts` is the policy's statement that nobody real
    was captured; it accepts a check that only asks whether somebody can be found, whatever that check found.
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
    test_accounts: str = ""

    @property
    def accepted(self) -> bool:
        """True if it passed, could not tell and was waived, or has nobody real to find as the policy states.

        What a check found to be unsafe for real people is never waived.
        """
        return self.passed or self._waived or self._stated

    @property
    def _waived(self) -> bool:
        return not self.told and bool(self.waiver)

    @property
    def _stated(self) -> bool:
        return bool(self.test_accounts) and finds_people(self.check)

    @property
    def outcome(self) -> Outcome:
        """PASSED, WAIVED (it could not tell, and the policy accepts that), TEST_ACCOUNTS (it did not hold, and the
        policy states that nobody real was captured) or FAILED.
        """
        if self.passed:
            return PASSED
        if self._waived:
            return WAIVED
        return TEST_ACCOUNTS if self._stated else FAILED

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
            **({"test_accounts": self.test_accounts} if self.test_accounts else {}),
        }


@dataclass(frozen=True, slots=True)
class Certificate:
    """Evidence that one anonymised trace passed its checks.

    `content_digest` is the digest of the trace's rows. `anonymised` is False for a trace made with a given test key:
    such a trace is repeatable and must never be taken for anonymous. `ledger` holds counts by decision and class.
    `test_accounts` is the policy's statement, by a person, that nobody real was captured; "" where it makes none.
    """

    content_digest: str
    policy_digest: str
    anonymised: bool
    key_commitment: str
    """SHA-256 of the run key, which was destroyed; shows that two traces were made under different keys."""
    verdicts: tuple[Verdict, ...]
    ledger: dict[str, Any]
    test_accounts: str = ""

    @property
    def passed(self) -> bool:
        """True if checks ran and every one was accepted."""
        return bool(self.verdicts) and all(verdict.accepted for verdict in self.verdicts)

    @property
    def digest(self) -> str:
        """The digest of the certificate itself, which manifests cite."""
        return digest_json(self.to_json())

    def outcomes(self) -> list[dict[str, str]]:
        """Each check's name, criterion and outcome, for statements about what was made from the trace."""
        return [
            {"check": verdict.check, "criterion": verdict.criterion, "outcome": verdict.outcome}
            for verdict in self.verdicts
        ]

    def problems(self) -> tuple[str, ...]:
        """Verdicts that say passed against their own numbers, and required checks that are not there."""
        return tuple(bound_problems(self.verdicts, self.anonymised, self.test_accounts))

    def require_passed(self, what: str) -> None:
        """Raises NotSafeError, naming the checks, unless every verdict was accepted and fits its own bounds."""
        if not self.passed:
            failed = [verdict.check for verdict in self.verdicts if not verdict.accepted]
            raise NotSafeError(f"{what}: its certificate did not pass ({', '.join(failed) or 'no check ran'})")
        if problems := self.problems():
            raise NotSafeError(f"{what}: its certificate does not hold ({'; '.join(problems[:3])}); anonymise again")

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `from_json` reads it back."""
        stated = {"test_accounts": self.test_accounts} if self.test_accounts else {}
        return {
            "format": CERTIFICATE_FORMAT if stated else _WITHOUT_STATEMENT,
            "content_digest": self.content_digest,
            "policy_digest": self.policy_digest,
            "anonymised": self.anonymised,
            "key_commitment": self.key_commitment,
            "verdicts": [verdict.to_json() for verdict in self.verdicts],
            "ledger": self.ledger,
            **stated,
        }

    @staticmethod
    def from_json(value: dict[str, Any]) -> Certificate:
        """Raises RefusedError's child NotSafeError if the object is not a certificate this version can judge."""
        try:
            if value["format"] > CERTIFICATE_FORMAT:
                raise NotSafeError(f"certificate format {value['format']} is newer than {CERTIFICATE_FORMAT}: upgrade")
            if value["format"] < _WITHOUT_STATEMENT:
                raise NotSafeError(
                    f"certificate format {value['format']} was never signed: anonymise and publish again"
                )
            return Certificate(
                _of(str, value["content_digest"]),
                _of(str, value["policy_digest"]),
                _of(bool, value["anonymised"]),
                _of(str, value["key_commitment"]),
                tuple(_verdict(item) for item in value["verdicts"]),
                _of(dict, value["ledger"]),
                _of(str, value.get("test_accounts", "")),
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


def _verdict(item: dict[str, Any]) -> Verdict:
    """Raises TypeError or KeyError, so that nothing of another shape is judged later."""
    findings = tuple(_of(str, finding) for finding in item["findings"])
    for name, kind in _VERDICT_FIELDS.items():
        _of(kind, item.get(name, kind()))
    return Verdict(**{**item, "findings": findings})


_VERDICT_FIELDS = {
    **dict.fromkeys(("check", "criterion", "summary", "waiver", "test_accounts"), str),
    **dict.fromkeys(("passed", "told"), bool),
    **dict.fromkeys(("bounds", "metrics"), dict),
}


def _of(kind: type[T], value: Any) -> T:
    if not isinstance(value, kind):
        raise TypeError(kind.__name__)
    return value


@dataclass(frozen=True, slots=True)
class SafeTrace:
    """An anonymised trace with a certificate that passed, still fits its rows, and is signed by keys trusted here."""

    trace: Trace
    certificate: Certificate
    signers: tuple[TrustedKey, ...]

    @staticmethod
    def open(path: Path, trusted: Trusted | None = None) -> SafeTrace:
        """Open and verify; `trusted` is `trusted_keys()` where it is not given.

        Raises UsageError where there is no trace, NotSafeError where it is not certified, UntrustedError where the
        certificate is not signed or was signed for another trace.
        """
        trace = Trace.open(path)
        if trace.kind != ANONYMISED:
            raise NotSafeError(f"{path} is a {trace.kind} trace: anonymise it before publishing")
        certificate = Certificate.read(path / CERTIFICATE_FILE)
        certificate.require_passed(f"trace {path}")
        try:
            found = trace.recomputed_digest()
        except (OSError, ValueError, KeyError) as error:
            raise UsageError(f"{path} cannot be read ({type(error).__name__}): anonymise again") from error
        if found != certificate.content_digest:
            raise NotSafeError(f"{path} was changed after it was certified: anonymise again")
        keys = trusted_keys() if trusted is None else trusted
        statement = _statement(path, certificate)
        return SafeTrace(trace, certificate, signers_in(path, f"trace {path}", statement, keys, "anonymise again"))


def write_certified(path: Path, certificate: Certificate, key: SigningKey | None = None) -> None:
    """Put a certificate and its signed attestation beside a trace's rows; `own_key()` signs where no key is given."""
    certificate.write(path / CERTIFICATE_FILE)
    attest(path, _statement(path, certificate), key or own_key())


def _statement(path: Path, certificate: Certificate) -> Statement:
    return trace_statement(certificate.content_digest, (path / META_FILE).read_bytes(), certificate)
