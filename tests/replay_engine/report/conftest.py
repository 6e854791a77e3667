"""A finished run, written by hand."""

import numpy as np
import pytest

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.drive.driver import Driven
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.outcomes import Ending, Outcomes
from smartsandbox.replay_engine.drive.pacing import Pacing, schedule
from smartsandbox.replay_engine.drive.target import resolve_target
from smartsandbox.replay_engine.rows import Rows


@pytest.fixture
def driven(shop_pack: Pack) -> Driven:
    """Every request was taken up at once and answered after 10 ms as recorded; the failures failed."""
    rows = Rows.load(shop_pack)
    plan = schedule(rows.offset_us, Pacing())
    outcomes = Outcomes(plan.rows, plan.due)
    outcomes.dispatched[:] = outcomes.sent[:] = plan.due
    outcomes.lateness[:] = 0.001
    outcomes.finished[:] = plan.due + 0.010
    outcomes.status[:] = np.asarray(rows.status)[plan.rows]
    failed = np.asarray(rows.failures) >= 0
    outcomes.ending[:] = np.where(failed, Ending.RESET, Ending.ANSWERED)
    return Driven(shop_pack, rows, resolve_target("http://127.0.0.1:1"), DriveOptions(), outcomes, interrupted=False)
