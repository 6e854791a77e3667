"""Replay packs: one asset for each traffic template, all from one table.

A pack is built in the work folder, checked there, and published by its own asset further down, so that a pack whose
checks failed is never in the store. The capture's day is not part of a pack's name or version: times were shifted
to break the link to the real day, and a name must not restore it.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from smartsandbox.packs.progress import Track
from smartsandbox.pipelines.curves import pack_curve
from smartsandbox.pipelines.failures import explained
from smartsandbox.pipelines.metadata import counts_table, ledger_table, markdown_table, plot
from smartsandbox.pipelines.partitions import capture_key, captures
from smartsandbox.pipelines.resources import WorkFolder

if TYPE_CHECKING:
    from smartsandbox.packs.trace import Trace

TEMPLATES = {
    "full": "The whole capture",
    "peak": "The busiest fifth of the capture",
    "off-peak": "The quietest fifth of the capture that holds traffic",
    "high-error": "The fifth of the capture with the largest share of errors (skipped where nothing failed)",
}
SEED = 0


def asset_name(template: str) -> str:
    """The asset of a template: "pack_off_peak"."""
    return "pack_" + template.replace("-", "_")


def replay_pack(template: str, about: str) -> dg.AssetsDefinition:
    """The asset that builds one template's pack in the work folder."""

    @dg.asset(
        name=asset_name(template),
        partitions_def=captures,
        deps=["anonymised_trace"],
        output_required=False,
        group_name="replay",
        owners=["team:sandbox"],
        kinds={"python", "parquet"},
        tags={"pii": "anonymised", "template": template},
        code_version="1",
        description=f"{about}, as a replay pack ready to be checked.",
    )
    def pack(
        context: dg.AssetExecutionContext, work_folder: WorkFolder, track: dg.ResourceParam[Track]
    ) -> Iterator[dg.MaterializeResult[None]]:
        from smartsandbox.packs.certificate import SafeTrace
        from smartsandbox.packs.publish import Draft, publish_pack
        from smartsandbox.packs.slices import pack_name

        with explained():
            key = capture_key(context)
            safe = SafeTrace.open(work_folder.anonymised(key))
            folder = work_folder.pack(key, template)
            if template == "high-error" and not has_errors(safe.trace):
                shutil.rmtree(folder, ignore_errors=True)
                context.log.info("nothing failed in this capture, so there is no high-error pack to build")
                return
            publish_pack(safe, Draft(pack_name(key.service, template), template, seed=SEED), folder, track)
        yield dg.MaterializeResult(metadata=pack_metadata(folder))

    return pack


def has_errors(trace: "Trace") -> bool:
    """Whether any exchange of a trace failed by the service's own fault, as the template counts it."""
    import pyarrow.parquet as pq

    from smartsandbox.packs.shape import is_error

    tables = (pq.ParquetFile(part).read(["status", "failure"]).to_pylist() for part in trace.partitions())
    return any(is_error(row["status"], row["failure"]) for rows in tables for row in rows)


def pack_metadata(folder: Path) -> dict[str, dg.MetadataValue | str | int | bool]:
    """What the UI shows of a pack: its manifest's counts, ledger and files, and its curve."""
    from smartsandbox.packs.pack import Pack

    pack = Pack.open(folder)
    manifest = pack.manifest
    curve, bucket = pack_curve(pack)
    files = [(item.path, item.rows, item.bytes, item.content_digest[:12]) for item in manifest.resources]
    return {
        "dagster/row_count": manifest.counts["exchanges"],
        "dagster/uri": str(folder),
        "digest": manifest.digest,
        "ref": f"{manifest.name}@{manifest.version}",
        "anonymised": manifest.anonymised,
        "counts": counts_table("what", manifest.counts),
        "ledger": ledger_table(manifest.ledger),
        "files": markdown_table(["file", "rows", "bytes", "digest"], files),
        "traffic": plot(f"Traffic of the {manifest.template} pack", [curve], f"{bucket} from the start", "exchanges"),
    }


REPLAY_PACKS = tuple(replay_pack(template, about) for template, about in TEMPLATES.items())
