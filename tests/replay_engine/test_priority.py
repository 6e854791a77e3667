"""Real-time priority is taken for a block and given back, or refused in one line."""

import os

import pytest

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.priority import realtime


class Kernel:
    """Remembers what was asked of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, refuses: bool = False) -> None:
        self.policies: list[int] = []
        self._refuses = refuses
        monkeypatch.setattr(os, "sched_setscheduler", self._set)

    def _set(self, pid: int, policy: int, param: os.sched_param) -> None:
        if self._refuses:
            raise PermissionError
        self.policies.append(policy & ~os.SCHED_RESET_ON_FORK)


def test_it_is_taken_for_the_block_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel, before = Kernel(monkeypatch), os.sched_getscheduler(0)
    with realtime(True):
        assert kernel.policies == [os.SCHED_RR]
    assert kernel.policies == [os.SCHED_RR, before]


def test_nothing_is_taken_that_was_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = Kernel(monkeypatch, refuses=True)
    with realtime(False):
        assert kernel.policies == []


def test_a_refusal_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    Kernel(monkeypatch, refuses=True)
    with pytest.raises(UsageError, match="CAP_SYS_NICE"), realtime(True):
        pass
