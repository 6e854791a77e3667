"""What developers find in the store: packs and fixture sets that passed their checks, put there under their digest.

Publishing asks for the evidence that the checks left for exactly this content. A pack whose checks failed in an earlier
run, or were never run, is refused here whatever Dagster's state says.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import orjson

from smartsandbox.packs.manifest import MANIFEST_FILE
from smartsandbox.packs.store import FIXTURES, PACKS
from smartsandbox.pipelines.assets.replay_packs import TEMPLATES, asset_name
from smartsandbox.pipelines.evidence import require_evidence
from smartsandbox.pipelines.failures import explained
from smartsandbox.pipelines.partitions import CaptureKey, capture_key, captures
from smartsandbox.pipelines.resources import PackStore, WorkFolder

PACK_CHECKS = ("pack_verifies", "no_raw_value", "self_replay")
FIXTURE_CHECKS = ("fixture_set_verifies", "no_raw_record")


@dataclass(frozen=True, slots=True)
class Publication:
    """What is published from which asset, and the checks whose evidence it needs. `kind` is the store's."""

    source: str
    kind: str
    group: str
    pii: str
    checks: tuple[str, ...]
    folder: Callable[[WorkFolder, CaptureKey], Path]


def _pack_folder(template: str) -> Callable[[WorkFolder, CaptureKey], Path]:
    return lambda work, key: work.pack(key, template)


PUBLICATIONS = (
    *(
        Publication(asset_name(template), PACKS, "replay", "anonymised", PACK_CHECKS, _pack_folder(template))
        for template in TEMPLATES
    ),
    Publication(
        "fixture_set", FIXTURES, "synthetic", "synthetic", FIXTURE_CHECKS, lambda work, key: work.fixtures(key)
    ),
)


def published(publication: Publication) -> dg.AssetsDefinition:
    """The asset that puts one checked folder into the store."""

    @dg.asset(
        name=f"published_{publication.source}",
        partitions_def=captures,
        deps=[publication.source],
        group_name=publication.group,
        owners=["team:sandbox"],
        kinds={"python", "parquet"},
        tags={"pii": publication.pii},
        code_version="1",
        description=f"The {publication.source} of a capture in the store, for the portal and the command line.",
    )
    def publish(
        context: dg.AssetExecutionContext, work_folder: WorkFolder, pack_store: PackStore
    ) -> dg.MaterializeResult[None]:
        with explained():
            key = capture_key(context)
            folder = publication.folder(work_folder, key)
            manifest = _manifest(folder)
            require_evidence(work_folder.evidence(key, publication.source), manifest["digest"], publication.checks)
            item = pack_store.put(publication.kind, folder, manifest["name"], manifest["version"])
        return dg.MaterializeResult(
            metadata={
                "dagster/uri": item.url,
                "ref": item.ref,
                "digest": manifest["digest"],
                "store": pack_store.url,
                "gates": ", ".join(publication.checks),
            },
            data_version=dg.DataVersion(manifest["digest"]),
        )

    return publish


def _manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = orjson.loads((folder / MANIFEST_FILE).read_bytes())
    return manifest


PUBLISHED = tuple(published(publication) for publication in PUBLICATIONS)
