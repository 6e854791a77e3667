"""Retention as a job: removes captures, traces and work files past their limit, and withdraws packs past theirs."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from smartsandbox.packs.store import Store
from smartsandbox.pipelines.failures import explained
from smartsandbox.pipelines.metadata import markdown_table
from smartsandbox.pipelines.resources import CaptureFolder, PackStore, WorkFolder

if TYPE_CHECKING:
    from smartsandbox.packs.retention import Expired, Limits

KEEP_RAW, KEEP_PACKS = "SMARTSANDBOX_KEEP_RAW", "SMARTSANDBOX_KEEP_PACKS"


class Retention(dg.ConfigurableResource[Any]):
    """How long to keep what: periods such as "30d"; an empty one keeps for ever."""

    keep_raw: str = ""
    keep_packs: str = ""

    def limits(self) -> "Limits":
        """The periods as values. Raises UsageError for one that is none."""
        from smartsandbox.packs.retention import Limits, period

        return Limits(*(period(text) if text else None for text in (self.keep_raw, self.keep_packs)))


def is_wanted() -> bool:
    """True where the deployment sets a limit for raw data."""
    return bool(os.environ.get(KEEP_RAW))


@dg.op(description="Removes what is past its limit and says what it was.")
def remove_expired(
    context: dg.OpExecutionContext,
    retention: Retention,
    capture_folder: CaptureFolder,
    work_folder: WorkFolder,
    pack_store: PackStore,
    now: dg.ResourceParam[Callable[[], datetime]],
) -> int:
    """Raises Failure if a limit is no period or a file cannot be removed. Folders that are not there hold nothing."""
    from smartsandbox.packs.retention import expired, remove

    with explained():
        store, moment = Store(pack_store.url), now()
        found = expired(retention.limits(), _standing(capture_folder.root), _standing(work_folder.root), store, moment)
        removed = remove(found, store, moment)
    context.add_output_metadata({"removed": removed, "what": markdown_table(_COLUMNS, map(_row, found))})
    return removed


_COLUMNS = ("what", "place", "age in days", "bytes")


def _row(one: "Expired") -> tuple[str, str, int, int]:
    return (str(one.sort), one.place, one.age_days, one.bytes)


def _standing(root: str) -> Path | None:
    return Path(root) if Path(root).is_dir() else None


@dg.job(name="apply_retention", description="Keeps captured data no longer than the deployment's limits allow.")
def apply_retention() -> None:
    """One step."""
    remove_expired()
