"""The one Definitions object: what `dagster dev`, the daemon, the tests and `run.materialize_all` load.

Loading reads no file and imports nothing heavy: Presidio, SDV, pandas and mitmproxy are imported by the steps that use
them, in the process that runs the step.
"""

import os

import dagster as dg

from smartsandbox.anonymize.keys import OsKeys
from smartsandbox.packs.progress import silent
from smartsandbox.pipelines.assets import ASSETS
from smartsandbox.pipelines.checks import CHECKS
from smartsandbox.pipelines.jobs import capture_to_packs, refresh_catalogue
from smartsandbox.pipelines.resources import CaptureFolder, PackStore, PolicyFolder, WorkFolder, setting
from smartsandbox.pipelines.retention import KEEP_PACKS, KEEP_RAW, Retention, apply_retention
from smartsandbox.pipelines.schedules import daily_captures, retention
from smartsandbox.pipelines.sensors import new_captures
from smartsandbox.pipelines.source_values import SourceValues
from smartsandbox.replay_engine.clock import utc_now

defs = dg.Definitions(
    assets=ASSETS,
    asset_checks=CHECKS,
    jobs=[capture_to_packs, refresh_catalogue, apply_retention],
    sensors=[new_captures],
    schedules=[daily_captures, retention],
    resources={
        "capture_folder": CaptureFolder(root=setting("SMARTSANDBOX_CAPTURE_DIR", "captures")),
        "work_folder": WorkFolder(root=setting("SMARTSANDBOX_WORK_DIR", "work")),
        "policy_folder": PolicyFolder(
            root=setting("SMARTSANDBOX_POLICY_DIR", "policies"),
            require_review=os.environ.get("SMARTSANDBOX_REQUIRE_REVIEW", "").lower() in ("1", "true", "yes"),
        ),
        "pack_store": PackStore(url=setting("SMARTSANDBOX_STORE", "store")),
        "retention": Retention(keep_raw=setting(KEEP_RAW, ""), keep_packs=setting(KEEP_PACKS, "")),
        "keys": OsKeys(),
        "now": utc_now,
        "source_values": SourceValues(),
        "track": silent,
    },
)
