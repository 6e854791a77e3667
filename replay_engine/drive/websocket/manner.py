"""How the conversations of a run are held."""

from __future__ import annotations

from dataclasses import dataclass

from smartsandbox.replay_engine.clock import Clock
from smartsandbox.replay_engine.drive.pacing import Pacing, Schedule
from smartsandbox.replay_engine.rows import Rows


@dataclass(frozen=True, slots=True)
class Manner:
    """`pace` is what recorded times of messages are multiplied by, `timeout` is seconds."""

    clock: Clock
    pace: float
    timeout: float


def pace_of(pacing: Pacing, rows: Rows, plan: Schedule) -> float:
    """As the schedule is warped, in the mean of a round; where that tells nothing, as fast as may be."""
    if pacing.rate is None and pacing.shape is None:
        return 1 / pacing.speed
    first = plan.turns == 0
    due, offsets = plan.due[first], rows.offset_us[plan.rows[first]]
    recorded = float(offsets[-1] - offsets[0]) / 1e6 if len(offsets) else 0.0
    return float(due[-1] - due[0]) / recorded if recorded > 0 else 0.0
