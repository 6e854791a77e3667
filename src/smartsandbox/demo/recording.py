"""A recording of the demo's production: the service, mitmproxy in front of it, and a day of customers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from smartsandbox.demo.customers import Driven, drive
from smartsandbox.demo.http_client import Connection
from smartsandbox.demo.people import Person, make_people
from smartsandbox.demo.plan import Plan, make_plan
from smartsandbox.demo.service.process import ServiceOptions, service_process
from smartsandbox.packs.capture.background import LOOPBACK, free_port
from smartsandbox.packs.capture.recorder import Recorder
from smartsandbox.packs.errors import InconclusiveError
from smartsandbox.packs.progress import Track, silent
from smartsandbox.replay_engine.clock import RealClock
from smartsandbox.replay_engine.loop import run

SERVICE = "harbourpay"
PEOPLE = 300


@dataclass(frozen=True, slots=True)
class RecordedDemo:
    """A finished recording. `count` is the number of requests sent, each of which is a flow in the file."""

    flow_file: Path
    people: tuple[Person, ...]
    count: int
    statuses: dict[int, int]
    dropped: int


def record(
    service_seed: int, people_seed: int, out_dir: Path, exchanges: int = 4000, track: Track = silent
) -> RecordedDemo:
    """Record about `exchanges` exchanges into `out_dir`/harbourpay.mitm, replacing an earlier recording.

    Takes about a second for every 110 exchanges. Ids, people and journeys are functions of the seeds; times are real,
    and so is the order in which customers who came together were served.
    """
    people = make_people(people_seed, PEOPLE)
    plan = make_plan(people, service_seed, exchanges)
    options = ServiceOptions(service_seed, people_seed, PEOPLE, (plan.incident,))
    out = out_dir / f"{SERVICE}.mitm"
    out.unlink(missing_ok=True)
    with (
        service_process(options, free_port()) as service,
        Recorder(service.url, free_port(), out, keep_host=True) as recorder,
    ):
        driven = run(_customers(plan, recorder.listen_port, track))
        if not (recorder.alive() and service.alive()):
            raise InconclusiveError(f"recording {out}: the service or the recorder ended early; record again")
    return RecordedDemo(out, people, driven.sent, dict(sorted(driven.statuses.items())), driven.dropped)


async def _customers(plan: Plan, port: int, track: Track) -> Driven:
    clock = RealClock()
    try:
        return await drive(plan, lambda: Connection(LOOPBACK, port), clock, track)
    finally:
        clock.close()
