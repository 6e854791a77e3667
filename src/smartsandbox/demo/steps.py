"""What the demo says while it works: numbered steps, bars on the long ones, and one line for each Dagster step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import track

from smartsandbox.pipelines.run import StepEvent, StepState
from smartsandbox.replay_engine.clock import Clock

T = TypeVar("T")

MARKS = {StepState.DONE: "[green]done[/]", StepState.FAILED: "[red]FAILED[/]", StepState.SKIPPED: "skipped"}


class Steps:
    """Numbers the demo's steps and shows how far each has come."""

    def __init__(self, console: Console, clock: Clock) -> None:
        self.console, self._clock = console, clock
        self._number = 0
        self._began: dict[str, float] = {}

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Announce a step, and say how long it took."""
        self._number += 1
        self.console.print(f"\n[bold]{self._number}. {title}[/]")
        began = self._clock.now()
        yield
        self.console.print(f"   [dim]{self._clock.now() - began:.1f} s[/]")

    def track(self, items: Iterable[T], label: str, total: int | None = None) -> Iterable[T]:
        """A Track: a bar on a terminal, a line elsewhere."""
        if not self.console.is_terminal:
            self.console.print(f"   {label} ...")
            return items
        return track(items, description=f"   {label}", total=total, console=self.console, transient=True)

    def on_event(self, event: StepEvent) -> None:
        """One line for each asset and check of the graph, when it ends."""
        if event.state is StepState.STARTED:
            self._began[event.step] = self._clock.now()
            return
        took = self._clock.now() - self._began.get(event.step, self._clock.now())
        self.console.print(f"   {event.step:<44} {MARKS[event.state]} [dim]{took:5.1f} s[/]")
