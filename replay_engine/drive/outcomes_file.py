"""Every outcome of a run as Parquet, one row a scheduled request, in schedule order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from smartsandbox.packs.errors import SandboxError
from smartsandbox.packs.parquet import write_table
from smartsandbox.replay_engine.drive.correlation.binder import Bound
from smartsandbox.replay_engine.drive.driver import Driven
from smartsandbox.replay_engine.drive.outcomes import Differs, Ending

_TIMES = ("due", "dispatched", "lateness", "sent", "first", "finished")


def outcomes_table(driven: Driven) -> pa.Table:
    """Times are seconds from the run's start, null for what did not happen."""
    rows, outcomes = driven.rows, driven.outcomes
    chosen = outcomes.rows.tolist()
    endpoints = np.asarray(rows.endpoint.codes)[outcomes.rows]
    columns = {
        "exchange": pa.array([rows.id[row].decode() for row in chosen], pa.string()),
        "endpoint": pa.array(rows.endpoint.names, pa.string()).take(pa.array(endpoints)),
        "ending": pa.array([Ending(code).name.lower() for code in outcomes.ending.tolist()], pa.string()),
        "status": pa.array(outcomes.status, mask=outcomes.status < 0),
        "recorded_status": pa.array(
            [rows.status[row] if rows.status[row] >= 0 else None for row in chosen], pa.int16()
        ),
        "bytes": pa.array(outcomes.size),
        "bound": pa.array([Bound(code).name.lower() for code in outcomes.bound.tolist()], pa.string()),
        **{name: pa.array(getattr(outcomes, name), from_pandas=True) for name in _TIMES},
        **{f"differs_{bit.name.lower()}": pa.array(outcomes.differs & bit != 0) for bit in Differs if bit.name},
    }
    return pa.table(columns)


def write_outcomes(driven: Driven, path: Path) -> None:
    """Write the table. Raises SandboxError where the file cannot be written."""
    try:
        write_table(outcomes_table(driven), path, {"smartsandbox.outcomes": "1"})
    except OSError as error:
        raise SandboxError(f"outcomes {path} cannot be written: {error.strerror or type(error).__name__}") from error
