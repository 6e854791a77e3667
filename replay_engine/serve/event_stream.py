"""Server-sent events: where each event of a recorded stream ends, and when it is sent.

A recording knows when a stream's first and last byte came, not when each event did, so events are spread evenly
between the two.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise

from smartsandbox.replay_engine.plan import Plan, SendBody, Wait

KIND = b"text/event-stream"

_BLANK = re.compile(rb"(?:\r\n|\n|\r(?!\n)){2,}")
_ID = re.compile(rb"(?:^|[\r\n])(?:\xef\xbb\xbf)?id(?::\x20?([^\r\n]*))?(?=[\r\n])")
_PARTS = 4096
"""Events that are sent apart; more than that go in groups."""


def ends(body: bytes) -> list[int]:
    """Where each event ends, blank line included; the last is the body's end."""
    found = [match.end() for match in _BLANK.finditer(body)]
    return found if found and found[-1] == len(body) else [*found, len(body)]


def after(body: bytes, last_id: bytes) -> int | None:
    """Where the events after the last one with this id begin; None if none has it. The id of an event is the last that
    it names, and one with a zero byte is none."""
    edges = ends(body)
    found: dict[int, bytes] = {}
    for match in _ID.finditer(body):
        value = match[1] or b""
        if b"\0" not in value:
            found[bisect_right(edges, match.start(1) if match[1] is not None else match.end() - 1)] = value
    events = [event for event, value in found.items() if value == last_id]
    return edges[max(events)] if events else None


def spread(plan: Plan, body: bytes) -> Plan:
    """The plan with its body sent event by event, from when the head is sent until the body was due."""
    if SendBody() not in plan:
        return plan
    at = plan.index(SendBody())
    due = plan[at - 1]
    if not isinstance(due, Wait):
        return plan
    begun = max((step.until_us for step in plan[: at - 1] if isinstance(step, Wait)), default=0)
    edges = [0, *ends(body)]
    edges = edges if len(edges) <= _PARTS else [*edges[: -1 : len(edges) // _PARTS + 1], edges[-1]]
    count = len(edges) - 1
    steps: list[Wait | SendBody] = []
    for number, (start, stop) in enumerate(pairwise(edges), 1):
        steps += [Wait(begun + (due.until_us - begun) * number // count), SendBody(start, stop)]
    return (*plan[: at - 1], *steps, *plan[at + 1 :])
