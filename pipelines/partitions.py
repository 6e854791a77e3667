"""How captures are partitioned: by the day they were handed in, and by the service they were taken from.

Services are dynamic: the sensor adds one when its first capture arrives. The day is the folder's, not that of the
exchanges inside it, because a capture handed in today may have been recorded long ago.
"""

import os
from dataclasses import dataclass

import dagster as dg

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.manifest import checked_name

DEFAULT_FIRST_DAY = "2025-01-01"

services = dg.DynamicPartitionsDefinition(name="service")
days = dg.DailyPartitionsDefinition(
    start_date=os.environ.get("SMARTSANDBOX_FIRST_DAY", DEFAULT_FIRST_DAY),
    end_offset=1,  # today's capture can be taken today
)
captures = dg.MultiPartitionsDefinition({"day": days, "service": services})


@dataclass(frozen=True, slots=True, order=True)
class CaptureKey:
    """One partition as a value: what one service handed in on one day ("YYYY-MM-DD")."""

    service: str
    day: str

    @property
    def partition_key(self) -> dg.MultiPartitionKey:
        """The key Dagster uses, "day|service"."""
        return dg.MultiPartitionKey({"day": self.day, "service": self.service})

    @staticmethod
    def checked(service: str, day: str) -> "CaptureKey":
        """Raises UsageError if the name does not fit a path and a pack, or the day is not one of the partitions'."""
        checked_name(service, "service")
        if not days.has_partition_key(day):
            raise UsageError(
                f"day {day!r} is not a day from {days.start:%Y-%m-%d} to today: rename the folder as YYYY-MM-DD, or"
                " set SMARTSANDBOX_FIRST_DAY"
            )
        return CaptureKey(service, day)


def capture_key(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> CaptureKey:
    """The partition that a step runs for. Raises UsageError where the run has none."""
    if not context.has_partition_key:
        raise UsageError("no partition was chosen: materialise for a day and a service")
    day, service = str(context.partition_key).split("|", 1)
    return CaptureKey.checked(service, day)
