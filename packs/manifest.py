"""The manifest of a pack: what it holds, what it was made from, and the digests that prove both.

`manifest.json` is canonical JSON and reads as a Frictionless Data Package too (`name`, `version`, `resources`). The
pack's digest is over the logical content: the digest of each file's rows, and every field that shaped them. It is not
over Parquet bytes, which carry the writer's version; each file's byte hash stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from smartsandbox.packs.canonical import digest_json, pretty_json
from smartsandbox.packs.errors import RefusedError, UsageError
from smartsandbox.packs.matching_rules import Matching
from smartsandbox.packs.templates import Rule

PACK_FORMAT = 4
"""3: has `matching.parquet`. 4: has `bindings.parquet` and `messages.parquet`, and may have `templates`."""
SIGNED_FORMAT = 2
"""The oldest format that is read; older packs were not signed."""
MANIFEST_FILE = "manifest.json"
_NOT_CONTENT = frozenset(("digest", "version", "tools", "profile", "title"))
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")


@dataclass(frozen=True, slots=True)
class Resource:
    """One file of a pack: its path, bytes and their SHA-256, and the count and digest of its rows."""

    path: str
    rows: int
    content_digest: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """See the fields of `manifest.json` in docs/formats.md."""

    name: str
    version: str
    template: str
    service: str
    seed: int
    inputs: dict[str, str]
    """Digests of what it was made from: `trace`, `certificate`, `policy`."""
    anonymised: bool
    matching: Matching
    span_us: int
    counts: dict[str, int]
    ledger: dict[str, Any]
    tools: dict[str, str]
    resources: tuple[Resource, ...]
    scenarios: dict[str, Any] = field(default_factory=dict)
    """As `scenarios.reading` reads them."""
    templates: list[Rule] = field(default_factory=list)
    """As `templates.checked_rules` reads them."""
    digest: str = ""
    format: int = PACK_FORMAT

    def computed_digest(self) -> str:
        """The digest that `digest` must equal. The version is left out: by default it is made from the digest."""
        return logical_digest(self.to_json(), self.resources)

    def sealed(self) -> Manifest:
        """With its digest filled in, and a version made from the digest where none was given."""
        digest = self.computed_digest()
        return replace(self, digest=digest, version=self.version or digest[:12])

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `from_json` reads it back."""
        return {
            "profile": "data-package",
            "title": f"SmartSandbox replay pack {self.name} ({self.template}), TEST ONLY",
            "format": self.format,
            "name": self.name,
            "version": self.version,
            "template": self.template,
            "service": self.service,
            "seed": self.seed,
            "inputs": self.inputs,
            "anonymised": self.anonymised,
            "matching": self.matching.to_json(),
            "span_us": self.span_us,
            "counts": self.counts,
            "ledger": self.ledger,
            "tools": self.tools,
            "resources": [_resource_json(item) for item in self.resources],
            "digest": self.digest,
            **({"scenarios": self.scenarios} if self.scenarios else {}),
            **({"templates": self.templates} if self.templates else {}),
        }

    @staticmethod
    def from_json(value: dict[str, Any]) -> Manifest:
        """Raises KeyError or TypeError where a field is missing or of another shape."""
        return Manifest(
            name=value["name"],
            version=value["version"],
            template=value["template"],
            service=value["service"],
            seed=value["seed"],
            inputs=checked_inputs(value["inputs"]),
            anonymised=value["anonymised"],
            matching=Matching.from_json(value["matching"]),
            span_us=value["span_us"],
            counts=value["counts"],
            ledger=value["ledger"],
            tools=value["tools"],
            resources=tuple(_resource(item) for item in value["resources"]),
            scenarios=value.get("scenarios", {}),
            templates=value.get("templates", []),
            digest=value["digest"],
            format=value["format"],
        )

    @staticmethod
    def read(folder: Path) -> Manifest:
        """Read a pack's manifest. UsageError: no pack here, or a newer format. RefusedError: damaged."""
        file = folder / MANIFEST_FILE
        if not file.is_file():
            raise UsageError(f"no pack at {folder}: {MANIFEST_FILE} is missing; `smartsandbox packs list` shows packs")
        try:
            value = orjson.loads(file.read_bytes())
            if value["format"] > PACK_FORMAT:
                raise UsageError(
                    f"pack {folder} has format {value['format']}; this version reads up to {PACK_FORMAT}: upgrade"
                )
            if value["format"] < SIGNED_FORMAT:
                raise RefusedError(
                    f"pack {folder} has format {value['format']}, which was not signed: publish it again"
                )
            return Manifest.from_json(value)
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise RefusedError(
                f"pack {folder}: {MANIFEST_FILE} is damaged ({type(error).__name__}): publish again"
            ) from error

    def write(self, folder: Path) -> None:
        """Write `manifest.json` into a pack's folder."""
        (folder / MANIFEST_FILE).write_bytes(pretty_json(self.to_json()))


def logical_digest(manifest: dict[str, Any], resources: Iterable[Resource]) -> str:
    """The digest of a manifest's logical content: its fields but those that tools and labels decide, and the rows of
    each file instead of its bytes."""
    value = {name: field for name, field in manifest.items() if name not in _NOT_CONTENT}
    value["resources"] = [[item.path, item.rows, item.content_digest] for item in resources]
    return digest_json(value)


def checked_inputs(value: Any) -> dict[str, str]:
    """The digests that a manifest cites, by name. Raises TypeError."""
    if not isinstance(value, dict) or not all(isinstance(digest, str) for digest in value.values()):
        raise TypeError("inputs")
    return value


def checked_name(name: str, what: str = "pack name") -> str:
    """A name fit for a path and a Data Package. Raises UsageError."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{what} {name!r} must be 1 to 80 of a-z 0-9 . _ - and begin with a letter or digit")
    return name


def _resource_json(item: Resource) -> dict[str, Any]:
    return {
        "name": item.path.partition(".")[0],
        "path": item.path,
        "format": item.path.rpartition(".")[2],
        "rows": item.rows,
        "content_digest": item.content_digest,
        "hash": f"sha256:{item.sha256}",
        "bytes": item.bytes,
    }


def _resource(value: dict[str, Any]) -> Resource:
    sha256 = value["hash"].removeprefix("sha256:")
    return Resource(value["path"], value["rows"], value["content_digest"], sha256, value["bytes"])
