"""Faults by name. Each is a file, its test and a line here; a later one applies to what the earlier ones made."""

from smartsandbox.replay_engine.serve.faults import (
    bandwidth,
    close,
    corrupt,
    latency,
    reset,
    slow_head,
    status,
    timeout,
    truncate,
)
from smartsandbox.replay_engine.serve.faults.base import Kind

FAULTS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        status.SERVER_ERRORS,
        status.CLIENT_ERRORS,
        status.KIND,
        corrupt.KIND,
        latency.KIND,
        slow_head.KIND,
        bandwidth.KIND,
        truncate.KIND,
        close.KIND,
        timeout.KIND,
        reset.KIND,
    )
}
