"""Joining the outcome files of a run's workers into one run, exactly: every row of theirs is a row of it.

Files that are missing leave their places unsent, and the run says which workers were lost. Files of different runs are
not joined.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.drive.driver import Driven
from smartsandbox.replay_engine.drive.outcomes import Outcomes
from smartsandbox.replay_engine.drive.outcomes_file import Part, read_outcomes
from smartsandbox.replay_engine.drive.planned import whole
from smartsandbox.replay_engine.drive.share import WHOLE, owners, unevenness
from smartsandbox.replay_engine.rows import Rows


def merge_files(pack: Pack, rows: Rows, files: Sequence[Path]) -> Driven:
    """One finished run from the files of its workers, in any order. Raises UsageError."""
    return merge(pack, rows, [read_outcomes(file) for file in files])


def merge(pack: Pack, rows: Rows, parts: Sequence[Part]) -> Driven:
    """One finished run from parts of it. Raises UsageError for none, or parts that do not belong together."""
    if not parts:
        raise UsageError("there are no outcome files to merge")
    first, count = parts[0], parts[0].options.share.count
    _require_one_run(pack, parts)
    plan, used = whole(pack, rows, first.options)
    outcomes = Outcomes(plan.rows, plan.due, plan.turns)
    owner = owners(rows, plan, count, used) if count > 1 else np.zeros(len(plan), np.int64)
    for part in parts:
        places = np.flatnonzero(owner == part.options.share.index)
        if len(places) != len(part.outcomes) or (outcomes.rows[places] != part.rows_of(rows)).any():
            raise UsageError(f"{part.name} holds other requests than worker {part.options.share} drives of this pack")
        outcomes.take(places, part.outcomes)
    lost = sorted(set(range(count)) - {part.options.share.index for part in parts})
    options = replace(first.options, share=WHOLE)
    interrupted = any(part.interrupted for part in parts)
    uneven = unevenness(rows, plan, count, used)
    return Driven(pack, rows, first.target, options, outcomes, interrupted, tuple(lost), count, uneven)


def _require_one_run(pack: Pack, parts: Sequence[Part]) -> None:
    first, seen = parts[0], dict[int, str]()
    for part in parts:
        if part.digest != pack.manifest.digest:
            raise UsageError(f"{part.name} is of another pack than {pack.manifest.name}@{pack.manifest.version}")
        if replace(part.options, share=first.options.share) != first.options or part.target != first.target:
            raise UsageError(f"{part.name} and {first.name} are of different runs: their options differ")
        if part.options.share.count != first.options.share.count:
            raise UsageError(f"{part.name} and {first.name} are of different runs: their numbers of workers differ")
        other = seen.setdefault(part.options.share.index, part.name)
        if other != part.name:
            raise UsageError(f"{part.name} and {other} are both of worker {part.options.share}")
