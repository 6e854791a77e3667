"""Evidence by hand: what a check sees of a run, without the run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pytest

from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.kanon.plan import Task, plan_groups
from smartsandbox.anonymize.ledger import Tally
from smartsandbox.anonymize.policy import Policy
from smartsandbox.packs.model import Exchange


@pytest.fixture
def evidence() -> Callable[..., Evidence]:
    """Evidence of a run that published these exchanges."""

    def make(
        output: Iterable[Exchange],
        needles: Iterable[str] = (),
        surrogates: Mapping[tuple[str, str], str] | None = None,
        policy: Policy | None = None,
    ) -> Evidence:
        published = list(output)
        policy = policy or Policy("tidewater", {})
        return Evidence(
            policy=policy,
            original=list,
            output=lambda: published,
            published_id=lambda identifier: identifier,
            second_start=lambda exchange: exchange.started_us,
            bands={},
            plan=plan_groups(Task({}, {}, 2)),
            population=0,
            tally=Tally(),
            needles={needle.lower(): needle for needle in needles},
            surrogates=surrogates or {},
        )

    return make
