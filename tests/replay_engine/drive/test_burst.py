"""Bursts: what goes together, when each begins to be sent, how early the next is begun. Times are microseconds."""

from typing import cast

import pytest

from smartsandbox.replay_engine.clock import Clock, VirtualClock
from smartsandbox.replay_engine.drive.burst import AWAKE, Bursts, Ready, reach
from smartsandbox.replay_engine.drive.client import Connection

US = 1e-6


@pytest.mark.parametrize(
    ("due", "gap", "end"),
    [
        ([0, 10, 20, 90, 95], 50, 3),
        ([0, 10, 20, 90, 95], 70, 5),
        ([0, 0, 0], 0, 3),
        ([0, 1], 0, 1),
        ([0, 200, 400, 500, 501], 200, 4),
    ],
)
def test_a_burst_ends_at_the_first_long_gap_and_half_a_millisecond_after_its_start(
    due: list[int], gap: int, end: int
) -> None:
    assert reach([at * US for at in due], 0, len(due), gap * US + 1e-12) == end


def test_a_burst_begins_at_any_place_and_ends_before_a_given_one() -> None:
    assert reach([0.0, 5 * US, 6 * US, 7 * US], 1, 3, 10 * US) == 3


class Machine:
    """A clock that a read moves by one microsecond, and connections on which a send takes `costs` in turn."""

    def __init__(self, *costs: int, patience: float = 200 * US) -> None:
        self.at, self.costs, self.sent = 0, list(costs), list[int]()
        self.patience = patience

    def now(self) -> float:
        self.at += 1
        return self.at * US

    def send(self, at: int, message: bytes, *, head_only: bool) -> None:
        self.sent.append(self.at)
        self.at += self.costs.pop(0)

    def burst(self, *due: int) -> list[Ready]:
        return [Ready(n, at * US, b"", cast("Connection", self), False) for n, at in enumerate(due)]


def bursts_of(machine: Machine) -> Bursts:
    return Bursts(cast("Clock", machine))


def test_each_is_sent_at_its_instant_and_late_ones_at_once() -> None:
    machine = Machine(5, 5, 5)
    begun = bursts_of(machine).send(machine.burst(10, 12, 40), woken=False)
    assert machine.sent == [10, 16, 40]
    assert begun == pytest.approx([10 * US, 16 * US, 40 * US])


def test_it_learns_to_wake_before_what_waking_took() -> None:
    """Each time the processor gets to it 30 us after it was to wake."""
    machine = Machine(*[1] * 400)
    bursts = bursts_of(machine)
    late = []
    for turn in range(1, 400):
        due = turn * 1000
        machine.at = round((due * US - bursts.lead) / US) + 30
        late.append(bursts.send(machine.burst(due), woken=True)[0] / US - due)
    assert late[0] == pytest.approx(31)
    assert max(late[100:]) < 1
    assert bursts.lead < 40 * US


@pytest.mark.parametrize(("gap", "is_many"), [(200, True), (10_000, False)])
def test_where_requests_are_many_it_wakes_less_early_and_waits_for_a_small_share_of_the_time(
    gap: int, is_many: bool
) -> None:
    """Waking takes 60 us nine times of ten and none the tenth, when there are 60 to wait for."""
    machine = Machine(*[1] * 4000)
    bursts = bursts_of(machine)
    waited = 0.0
    for turn in range(1, 4000):
        due = turn * gap
        machine.at = round((due * US - bursts.lead) / US) + (0 if turn % 10 == 0 else 60)
        ready = machine.at
        bursts.send(machine.burst(due), woken=True)
        waited += max(0, due - ready)
    assert waited <= 1.3 * AWAKE * 4000 * gap
    assert (bursts.lead < 58 * US) is is_many


def test_the_first_after_a_sleep_begins_earlier_by_what_it_takes_longer() -> None:
    machine = Machine(*[25, 5] * 400)
    bursts = bursts_of(machine)
    for turn in range(1, 400):
        due = turn * 1000
        machine.at = round((due * US - bursts.lead) / US)
        machine.sent.clear()
        bursts.send(machine.burst(due, due + 100), woken=True)
    first, second = machine.sent
    assert second == due + 100
    assert first + 25 == pytest.approx(due + 5, abs=2)


def test_what_was_not_slept_for_teaches_nothing_and_begins_at_its_instant() -> None:
    machine = Machine(*[25, 5] * 50)
    bursts = bursts_of(machine)
    for turn in range(1, 50):
        bursts.send(machine.burst(turn * 1000, turn * 1000 + 100), woken=False)
    assert bursts.lead == 0


def test_a_clock_that_does_not_move_by_itself_is_never_waited_for() -> None:
    assert Bursts(VirtualClock()).lead == 0
    machine = Machine(*[1] * 50, patience=0.0)
    bursts = bursts_of(machine)
    for turn in range(1, 50):
        machine.at = turn * 1000 + 30
        bursts.send(machine.burst(turn * 1000), woken=True)
    assert bursts.lead == 0
