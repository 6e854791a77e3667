"""The policy a capture is anonymised with: the service's reviewed file, or a draft suggested from the capture.

The file used is copied beside the capture's other files, so that what was decided stays readable after the reviewed
file has moved on. A draft becomes reviewed when a person puts it into the policy folder under the service's name.
"""

from collections import Counter
from pathlib import Path

import dagster as dg

from smartsandbox.packs.progress import Track
from smartsandbox.pipelines.failures import explained
from smartsandbox.pipelines.metadata import counts_table
from smartsandbox.pipelines.partitions import capture_key, captures
from smartsandbox.pipelines.resources import PolicyFolder, WorkFolder

DRAFT_NOTE = "# A DRAFT, suggested from a capture. Review it, then put it into the policy folder as {service}.yaml.\n"


@dg.asset(
    partitions_def=captures,
    deps=["raw_trace"],
    group_name="privacy",
    owners=["team:privacy"],
    kinds={"python", "yaml"},
    tags={"pii": "anonymised"},
    code_version="1",
    description="What is done with every leaf of the service's exchanges: the reviewed policy, or a draft to review.",
)
def policy(
    context: dg.AssetExecutionContext,
    work_folder: WorkFolder,
    policy_folder: PolicyFolder,
    track: dg.ResourceParam[Track],
) -> dg.MaterializeResult[None]:
    """Raises Failure if the reviewed file is not a policy; its message names the line."""
    with explained():
        key = capture_key(context)
        reviewed = policy_folder.reviewed(key.service)
        path = work_folder.policy(key)
        text = reviewed.read_text("utf-8") if reviewed else draft(work_folder.raw(key), key.service, track)
        path.with_suffix(".part").write_text(text, "utf-8")
        path.with_suffix(".part").replace(path)
        return dg.MaterializeResult(metadata=policy_metadata(path, reviewed))


def draft(raw: Path, service: str, track: Track) -> str:
    """A suggested policy as text, marked as a draft on its first line."""
    from smartsandbox.anonymize.careful import careful_draft
    from smartsandbox.packs.trace import Trace

    return DRAFT_NOTE.format(service=service) + careful_draft(Trace.open(raw), track=track).text


def policy_metadata(path: Path, reviewed: Path | None) -> dict[str, dg.MetadataValue | str | int | float | bool]:
    """What the UI shows of a policy; reading it checks it."""
    from smartsandbox.anonymize.policy_file import read_policy

    found = read_policy(reviewed or path)
    actions = Counter(str(decision.action) for decision in found.decisions.values())
    return {
        "dagster/row_count": len(found.decisions),
        "dagster/uri": str(path),
        "digest": found.digest,
        "draft": reviewed is None,
        "origin": str(reviewed) if reviewed else "suggested from this capture, not reviewed",
        "k": found.k,
        "suppression_limit": found.suppression_limit,
        "quasi_identifiers": ", ".join(sorted(found.quasi_identifiers)) or "none",
        "decisions": counts_table("decision", dict(actions)),
    }
