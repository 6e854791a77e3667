"""What a run would do, told before it does it: `smartsandbox drive --dry-run`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from smartsandbox.packs.durations import duration
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.arrays import Coded
from smartsandbox.replay_engine.drive.pacing import ONCE, Pacing, Schedule

LONG_SECONDS = 600.0
_TOP, _FIRST = 10, 5


def forecast(pack: Pack, plan: Schedule) -> str:
    """A few lines: how much in how long, how many of what, and what goes out first. Endpoints, never values."""
    return "\n".join(_lines(pack, plan))


def long_run(span_us: int, pacing: Pacing) -> str | None:
    """One line to say at the start of a run at the recorded pace that takes more than LONG_SECONDS; None for others.

    Recordings of several days, such as those of test suites, are often driven by people who expect seconds.
    """
    if pacing.rate or pacing.shape or pacing.window or pacing.loop != ONCE:
        return None
    takes_us = span_us / pacing.speed
    if takes_us < LONG_SECONDS * 1e6:
        return None
    return (
        f"this run takes {duration(takes_us)}: the pack spans {duration(span_us)}, driven at {pacing.speed:g}x; "
        "--rate 10/s sends it evenly, --speed faster, --window a part of it, and --dry-run tells what is due when"
    )


def _lines(pack: Pack, plan: Schedule) -> Iterator[str]:
    count = len(plan)
    words = f" ({duration(plan.duration * 1e6)})" if plan.duration >= LONG_SECONDS else ""
    yield (
        f"would send {count:,} requests in {plan.duration:,.1f} s{words}, at most {plan.peak_rate:,} in one second"
        + (f", {count / plan.duration:,.1f}/s on average" if plan.duration else "")
    )
    if not count:
        return
    table = pack.table("exchanges", ["session", "endpoint"])
    sessions, endpoints = (Coded.of(table[name]) for name in ("session", "endpoint"))
    codes = np.asarray(sessions.codes)[plan.rows]
    named = len(np.unique(codes[codes >= 0] + plan.turns[codes >= 0] * len(sessions.names)))
    alone = int((codes < 0).sum())
    yield f"in {named:,} sessions" + (f", and {alone:,} requests of no session" if alone else "")
    counts = Counter(np.asarray(endpoints.codes)[plan.rows].tolist()).most_common()
    yield f"{len(counts):,} endpoints:"
    yield from (f"{number:>12,}  {endpoints.names[code]}" for code, number in counts[:_TOP])
    if len(counts) > _TOP:
        yield f"{sum(number for _, number in counts[_TOP:]):>12,}  others"
    yield "first:"
    for at in range(min(_FIRST, count)):
        yield f"{plan.due[at]:>11.3f}s  {endpoints.name(int(plan.rows[at]))}"
