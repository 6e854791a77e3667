"""The rules of a sandbox, one YAML file: what differs from run to run, what is signed anew, and how callers log in.

Rules name environment variables; the secrets in them are read here, into values that do not print them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.yaml_file import read_yaml
from smartsandbox.replay_engine.drive.judging.rules import Keep, Rule, Rules
from smartsandbox.replay_engine.drive.sandbox.login import CALLER, VARIABLE, Login
from smartsandbox.replay_engine.drive.sandbox.place import RequestPlace
from smartsandbox.replay_engine.drive.sandbox.rules import SandboxRules
from smartsandbox.replay_engine.drive.sandbox.signing import SCHEMES, BodySigner, JwtSigner, Signer, checked_key

RULES_FORMAT = 1
_HEAD = """\
# What differs between runs of one target, learnt from {runs} runs. Read each rule before it is used: it keeps a
# difference from being told. rule: ignore, type, within (tolerance, a share), unordered, or regex (pattern).
"""
_SEEN = re.compile(r"(\d+) of (\d+)")
T = TypeVar("T")
Entry = Mapping[str, Any]


def read_rules(path: Path, environment: Mapping[str, str]) -> SandboxRules:
    """Read a file. Raises UsageError that names the file and the entry."""
    return _Reader(str(path), environment).rules(read_yaml(path, "rules"))


@dataclass(frozen=True, slots=True)
class _Reader:
    name: str
    environment: Mapping[str, str]

    def rules(self, found: Any) -> SandboxRules:
        known = {"format", "noise", "sign", "login", "fresh"}
        if not isinstance(found, dict) or found.get("format") != RULES_FORMAT or not known >= found.keys():
            raise UsageError(f"rules {self.name}: wanted is format: {RULES_FORMAT} with noise, sign, login and fresh")
        return SandboxRules(
            Rules.of(self._each(found, "noise", self._noise)),
            tuple(self._each(found, "sign", self._sign)),
            tuple(self._each(found, "login", self._login)),
            tuple(_place(f"rules {self.name}: fresh", "each", place) for place in found.get("fresh") or ()),
        )

    def _each(self, found: Entry, section: str, read: Callable[[str, Entry], T]) -> Iterable[T]:
        entries = found.get(section) or []
        if not isinstance(entries, list):
            raise UsageError(f"rules {self.name}: {section} is a list")
        for number, entry in enumerate(entries, 1):
            what = f"rules {self.name}: {section} entry {number}"
            if not isinstance(entry, dict):
                raise UsageError(f"{what} is not a mapping")
            yield read(what, entry)

    def _noise(self, what: str, entry: Entry) -> Rule:
        _only(what, entry, "endpoint", "at", "rule", optional=("tolerance", "pattern", "cause", "seen"))
        keep = _one_of(what, "rule", entry["rule"], list(Keep))
        if (keep is Keep.WITHIN) != ("tolerance" in entry) or (keep is Keep.REGEX) != ("pattern" in entry):
            raise UsageError(f"{what}: within takes a tolerance, regex a pattern, and no other rule either")
        tolerance, pattern = entry.get("tolerance", 0.0), str(entry.get("pattern", ""))
        if not isinstance(tolerance, int | float) or tolerance < 0:
            raise UsageError(f"{what}: a tolerance is a share of 1, such as 0.05")
        try:
            re.compile(pattern)
        except re.error as error:
            raise UsageError(f"{what}: its pattern is not a regular expression ({error.msg})") from error
        seen = _SEEN.fullmatch(str(entry.get("seen", "")))
        counts = (int(seen[1]), int(seen[2])) if seen else (0, 0)
        endpoint, at, cause = (str(entry.get(name, "")) for name in ("endpoint", "at", "cause"))
        return Rule(endpoint, at, keep, float(tolerance), pattern, cause, *counts)

    def _sign(self, what: str, entry: Entry) -> Signer:
        if "jwt" in entry:
            _only(what, entry, "jwt", "algorithm", "key", optional=("key_id",))
            key, algorithm = self._secret(what, entry["key"]), str(entry["algorithm"])
            checked_key(algorithm, key, what)
            return JwtSigner(_place(what, "jwt", entry["jwt"]), algorithm, key, str(entry.get("key_id", "")))
        return body_signer(what, entry, self.environment)

    def _login(self, what: str, entry: Entry) -> Login:
        _only(what, entry, "method", "path", "token", "into", optional=("headers", "body"))
        headers = entry.get("headers") or {}
        if not isinstance(headers, dict) or any("\n" in f"{name}{value}" for name, value in headers.items()):
            raise UsageError(f"{what}: headers are names with values of one line")
        path, body = str(entry["path"]), str(entry.get("body", ""))
        if not path.startswith("/") or any(map(str.isspace, path)):
            raise UsageError(f"{what}: path is one such as /oauth/token")
        names = {name for text in (body, *map(str, headers.values())) for name in VARIABLE.findall(text)} - {CALLER}
        return Login(
            str(entry["method"]).upper(),
            path,
            tuple((str(name), str(value)) for name, value in headers.items()),
            body,
            str(entry["token"]),
            _place(what, "into", entry["into"]),
            {name: self._secret(what, name) for name in names},
        )

    def _secret(self, what: str, variable: Any) -> str:
        return _secret(what, variable, self.environment)


def body_signer(what: str, entry: Entry, environment: Mapping[str, str]) -> BodySigner:
    """What signs bodies, from `hmac`, `scheme` and `key` of an entry. Raises UsageError that begins with `what`."""
    if not isinstance(entry, dict):
        raise UsageError(f"{what} is not a mapping")
    _only(what, entry, "hmac", "scheme", "key")
    place = _place(what, "hmac", entry["hmac"])
    if place.location != "header":
        raise UsageError(f"{what}: hmac names a header, such as header:stripe-signature")
    scheme = SCHEMES[_one_of(what, "scheme", entry["scheme"], list(SCHEMES))]
    return BodySigner(place.name, scheme, _secret(what, entry["key"], environment))


def _secret(what: str, variable: Any, environment: Mapping[str, str]) -> str:
    found = environment.get(str(variable))
    if not found:
        raise UsageError(f"{what} needs the environment variable {variable}, which is not set")
    return found


def _only(what: str, entry: Entry, *needed: str, optional: tuple[str, ...] = ()) -> None:
    missing, odd = set(needed) - entry.keys(), entry.keys() - {*needed, *optional}
    faults = [f"{name!r} is missing" for name in sorted(missing)] + [f"{name!r} is not known" for name in sorted(odd)]
    if faults:
        raise UsageError(f"{what}: {', '.join(faults)}")


def _one_of(what: str, name: str, value: Any, known: list[Any]) -> Any:
    if value not in known:
        raise UsageError(f"{what}: {name} is one of {', '.join(map(str, known))}")
    return known[known.index(value)]


def _place(what: str, name: str, value: Any) -> RequestPlace:
    found = RequestPlace.parse(str(value))
    if found is None:
        raise UsageError(f"{what}: {name} is a place such as header:authorization or cookie:sid")
    return found


def noise_text(rules: Rules, runs: int) -> str:
    """Learnt rules as the text of a rules file."""
    entries = [_entry(rule) for rule in rules.given]
    body = yaml.safe_dump({"format": RULES_FORMAT, "noise": entries}, sort_keys=False, allow_unicode=True, width=120)
    return _HEAD.format(runs=runs) + body


def _entry(rule: Rule) -> dict[str, Any]:
    entry: dict[str, Any] = {"endpoint": rule.endpoint, "at": rule.at, "rule": rule.keep.value}
    if rule.keep is Keep.WITHIN:
        entry["tolerance"] = rule.tolerance
    if rule.keep is Keep.REGEX:
        entry["pattern"] = rule.pattern
    return {**entry, "cause": rule.cause, "seen": f"{rule.seen} of {rule.of}"}
