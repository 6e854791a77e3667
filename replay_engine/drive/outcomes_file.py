"""Every outcome of a run as Parquet, one row a scheduled request, in schedule order; read back to be merged."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from smartsandbox.packs.errors import SandboxError, UsageError
from smartsandbox.packs.parquet import write_table
from smartsandbox.replay_engine.arrays import positions
from smartsandbox.replay_engine.drive.correlation.binder import Bound
from smartsandbox.replay_engine.drive.driver import Driven
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.outcomes import Differs, Ending, Outcomes
from smartsandbox.replay_engine.drive.pacing import Pacing
from smartsandbox.replay_engine.drive.share import parse_share
from smartsandbox.replay_engine.drive.target import Target, named
from smartsandbox.replay_engine.drive.websocket.counts import MessageCounts
from smartsandbox.replay_engine.rows import Rows

FORMAT = "3"
_TIMES = ("due", "dispatched", "lateness", "sent", "first", "finished")


def outcomes_table(driven: Driven) -> pa.Table:
    """Times are seconds from the run's start, null for what did not happen."""
    rows, outcomes = driven.rows, driven.outcomes
    chosen = outcomes.rows.tolist()
    endpoints = np.asarray(rows.endpoint.codes)[outcomes.rows]
    recorded = np.asarray(rows.status)[outcomes.rows]
    columns = {
        "exchange": pa.array([rows.id[row].decode() for row in chosen], pa.string()),
        "turn": pa.array(outcomes.turns, pa.int32()),
        "endpoint": pa.array(rows.endpoint.names, pa.string()).take(pa.array(endpoints)),
        "ending": _names(outcomes.ending, Ending),
        "status": pa.array(outcomes.status, mask=outcomes.status < 0),
        "recorded_status": pa.array(recorded, pa.int16(), mask=recorded < 0),
        "bytes": pa.array(outcomes.size),
        "bound": _names(outcomes.bound, Bound),
        "redirects_away": pa.array(outcomes.away),
        **{name: pa.array(getattr(outcomes, name), from_pandas=True) for name in _TIMES},
        **{f"differs_{bit.name.lower()}": pa.array(outcomes.differs & bit != 0) for bit in Differs if bit.name},
    }
    return pa.table(columns)


def write_outcomes(driven: Driven, path: Path) -> None:
    """Write the table. Raises SandboxError where the file cannot be written."""
    options = driven.options
    run = {
        "pack": driven.pack.manifest.digest,
        "run": options.run,
        "share": str(options.share),
        "pacing": options.pacing.to_json(),
        "lateness_bound": options.lateness_bound,
        "bind": options.bind,
        "target": driven.target.url,
        "interrupted": driven.interrupted,
        "messages": asdict(driven.outcomes.messages),
        "tally": sorted([*counted, count] for counted, count in driven.outcomes.tally.counts.items()),
    }
    metadata = {"smartsandbox.outcomes": FORMAT, "smartsandbox.run": json.dumps(run, sort_keys=True)}
    try:
        write_table(outcomes_table(driven), path, metadata)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
        raise SandboxError(f"outcomes {path} cannot be written: {reason}") from error


@dataclass(frozen=True, slots=True)
class Part:
    """An outcome file: which pack and run it is of, and its rows. `ids` are exchanges; `outcomes.rows` is not known."""

    name: str
    digest: str
    options: DriveOptions
    target: Target
    interrupted: bool
    ids: pa.Array
    outcomes: Outcomes

    def rows_of(self, rows: Rows) -> npt.NDArray[np.int64]:
        """The pack's rows; -1 for an exchange that it does not have."""
        known = pa.array([rows.id[row] for row in range(len(rows))], pa.binary())
        return np.asarray(positions(self.ids.cast(pa.binary()), known)).astype(np.int64)


def read_outcomes(path: Path) -> Part:
    """Read a file that `write_outcomes` wrote. Raises UsageError for any other."""
    try:
        table = pq.read_table(path)
        metadata = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
        found = metadata.get("smartsandbox.outcomes")
        if found != FORMAT:
            raise UsageError(f"{path} is no outcome file of format {FORMAT} (found {found or 'none'}): drive again")
        return _part(path.name, table.combine_chunks(), json.loads(metadata["smartsandbox.run"]))
    except (OSError, pa.ArrowException, ValueError, KeyError) as error:
        raise UsageError(f"{path} cannot be read as the outcomes of a run ({type(error).__name__})") from error


def _part(name: str, table: pa.Table, run: dict[str, Any]) -> Part:
    outcomes = Outcomes(np.full(table.num_rows, -1, np.int64), _floats(table["due"]), _integers(table["turn"]))
    for time in _TIMES[1:]:
        getattr(outcomes, time)[:] = _floats(table[time])
    outcomes.status[:] = _integers(table["status"])
    outcomes.size[:] = _integers(table["bytes"])
    outcomes.ending[:] = _codes(table["ending"], Ending)
    outcomes.bound[:] = _codes(table["bound"], Bound)
    outcomes.away[:] = table["redirects_away"].to_numpy()
    for bit in Differs:
        if bit.name:
            outcomes.differs[table[f"differs_{bit.name.lower()}"].to_numpy()] |= np.uint8(bit)
    outcomes.messages = MessageCounts(**run["messages"])
    for endpoint, kind, place, count in run["tally"]:
        outcomes.tally.counts[endpoint, kind, place] += count
    options = DriveOptions(
        pacing=Pacing.from_json(run["pacing"]),
        lateness_bound=float(run["lateness_bound"]),
        bind=bool(run["bind"]),
        run=run["run"],
        share=parse_share(run["share"]),
    )
    ids = table["exchange"].combine_chunks()
    return Part(name, run["pack"], options, named(run["target"]), bool(run["interrupted"]), ids, outcomes)


def _names(codes: npt.NDArray[np.uint8], kinds: Any) -> pa.Array:
    names = [kind.name.lower() for kind in kinds]
    return pa.array(names, pa.string()).take(pa.array(codes))


def _codes(column: pa.ChunkedArray, kinds: Any) -> npt.NDArray[np.int64]:
    codes = pc.index_in(column, value_set=pa.array([kind.name.lower() for kind in kinds]))
    if codes.null_count:
        raise ValueError("an unknown kind")
    return np.asarray(codes.to_numpy(), np.int64)


def _floats(column: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    return np.asarray(column.to_numpy(), np.float64)


def _integers(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    return np.asarray(pc.fill_null(column, -1).to_numpy(), np.int64)
