"""However little is kept in memory, a run gives the same rows and the same verdicts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from smartsandbox.anonymize.apply import anonymize_trace
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.spilled import Scratch
from smartsandbox.anonymize.spooled import Spooled
from smartsandbox.anonymize.suggest import suggest_policy
from smartsandbox.anonymize.timeline.column import Column
from smartsandbox.anonymize.timeline.sightings import SightingsLog
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.sorted_rows import RowSorter
from smartsandbox.packs.trace import Trace

LIMITS = (Scratch, Column, Spooled, SightingsLog, RowSorter)
"""Classes whose first parameter with a default says how much of theirs stays in memory."""


def with_at_most(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for limited in LIMITS:
        defaults = limited.__init__.__defaults__ or ()
        monkeypatch.setattr(limited.__init__, "__defaults__", (few, *defaults[1:]))


def visits(exchange: Callable[..., Exchange], people: int = 8) -> list[Exchange]:
    """Everybody logs in and looks at a remark, each at a second of their own; one exports something too."""
    made = []
    for number in range(people):
        who, session = f"quill.{number}@oakmoor.co.uk", f"s_{number}"
        sent = (("Date", f"Tue, 14 Nov 2023 22:13:{20 + number} GMT"),)
        note = {"id": f"note_{number:03d}KqLm9Z", "by": who, "text": f"Rent for {who}"}
        made += [
            exchange("/v1/sessions", {"email": who}, session=session, headers=sent),
            exchange(f"/v1/notes/{note['id']}", note, session=session, headers=sent),
        ]
    made.append(exchange("/v1/exports", {"of": "Quilla Oakmoor"}, session="s_0"))
    return [replace(one, started_us=1_700_000_000_000_000 + 500_000 * at) for at, one in enumerate(made)]


@pytest.mark.parametrize("few", [1, 2, 7])
def test_small_limits_change_nothing(
    few: int,
    exchange: Callable[..., Exchange],
    raw_trace: Callable[..., Trace],
    key: RunKey,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trace = raw_trace(visits(exchange))
    policy: Policy = replace(suggest_policy(trace), m=1, suppression_limit=0.1)
    plenty = anonymize_trace(trace, policy, key, tmp_path / "plenty")
    with_at_most(few, monkeypatch)
    little = anonymize_trace(trace, policy, key, tmp_path / "little")
    assert little.trace.count == 16
    assert little.trace.digest == plenty.trace.digest
    assert little.certificate.digest == plenty.certificate.digest
