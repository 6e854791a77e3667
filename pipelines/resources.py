"""Where things are: captures, work files, reviewed policies and the pack store, each one resource.

Every place comes from the environment and has a default under the current folder, so that the same definitions run on
a laptop and in a deployment. Nothing is read or made when the definitions load.
"""

import os
from pathlib import Path
from typing import Any

import dagster as dg

from smartsandbox.packs.store import Item, Store
from smartsandbox.pipelines.partitions import CaptureKey


def setting(name: str, default: str) -> str:
    """The environment variable, read when a run starts (dagster.EnvVar), or the default where it is not set."""
    return dg.EnvVar(name) if name in os.environ else default


class CaptureFolder(dg.ConfigurableResource[Any]):
    """Where recorders put captures: ROOT/<service>/<day>/*, and `_SUCCESS` once a day's capture is complete."""

    root: str

    def folder(self, key: CaptureKey) -> Path:
        """The folder of one capture."""
        return Path(self.root) / key.service / key.day


class WorkFolder(dg.ConfigurableResource[Any]):
    """Where a run keeps its files: ROOT/<service>/<day>/*. Raw traces are among them: as confidential as production."""

    root: str

    def folder(self, key: CaptureKey) -> Path:
        """The folder of one capture's files, made if need be and readable by its owner only."""
        folder = Path(self.root) / key.service / key.day
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def raw(self, key: CaptureKey) -> Path:
        """The raw trace."""
        return self.folder(key) / "raw"

    def policy(self, key: CaptureKey) -> Path:
        """The policy this capture is anonymised with: a copy of the reviewed one, or a draft."""
        return self.folder(key) / "policy.yaml"

    def anonymised(self, key: CaptureKey) -> Path:
        """The anonymised trace and its certificate."""
        return self.folder(key) / "anonymised"

    def entities(self, key: CaptureKey) -> Path:
        """The entity tables, one Parquet file each."""
        return self.folder(key) / "entities"

    def fixtures(self, key: CaptureKey) -> Path:
        """The fixture set, before it is published."""
        return self.folder(key) / "fixtures"

    def pack(self, key: CaptureKey, template: str) -> Path:
        """One replay pack, before it is published."""
        return self.folder(key) / "packs" / template

    def catalogue(self) -> Path:
        """The list of everything published, over all captures."""
        Path(self.root).mkdir(parents=True, exist_ok=True, mode=0o700)
        return Path(self.root) / "catalogue.json"

    def evidence(self, key: CaptureKey, asset: str) -> Path:
        """Where the checks of an asset write what they found, for the step that publishes it to read."""
        return self.folder(key) / "evidence" / asset


class PolicyFolder(dg.ConfigurableResource[Any]):
    """Reviewed policies: ROOT/<service>.yaml. With `require_review`, a capture without one stops at its draft."""

    root: str
    require_review: bool = False

    def reviewed(self, service: str) -> Path | None:
        """The reviewed policy of a service, or None where nobody has written one yet."""
        path = Path(self.root) / f"{service}.yaml"
        return path if path.is_file() else None


class PackStore(dg.ConfigurableResource[Any]):
    """The store that the portal and the command line read: a folder, or an object store by its fsspec URL."""

    url: str

    def put(self, kind: str, folder: Path, name: str, version: str) -> Item:
        """Publish a finished folder."""
        return Store(self.url).put(kind, folder, name, version)

    def items(self, kind: str) -> list[Item]:
        """What has been published."""
        return Store(self.url).list(kind)
