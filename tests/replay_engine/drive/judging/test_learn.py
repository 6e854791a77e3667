"""Rules learnt from the differences of runs."""

from __future__ import annotations

from smartsandbox.replay_engine.drive.judging.compare import Finding, Kind
from smartsandbox.replay_engine.drive.judging.learn import Learner


def learnt(*findings: Finding, answers: int = 1) -> list[tuple[str, str, str]]:
    learner = Learner()
    for _ in range(answers):
        learner.took("GET /x", findings)
    return [(rule.at, rule.keep.value, rule.cause) for rule in learner.rules().given]


def test_each_kind_of_difference_has_its_rule() -> None:
    assert learnt(
        Finding(Kind.MISSING, "/a", 1),
        Finding(Kind.TYPE, "/b", 1, "x"),
        Finding(Kind.ORDER, "/c", [1, 2], [2, 1]),
        Finding(Kind.VALUE, "header:x-n", "n-1", "n-2"),
    ) == [
        ("/a", "ignore", "not always there"),
        ("/b", "ignore", "the type varies"),
        ("/c", "unordered", "the list's order varies"),
        ("header:x-n", "regex", "counter"),
    ]


def test_nothing_is_told_of_what_lies_inside_a_place_that_is_not_compared_further() -> None:
    found = learnt(
        Finding(Kind.LENGTH, "/l", 1, 2), Finding(Kind.VALUE, "/l/*/v", 1, 2), Finding(Kind.VALUE, "/lx", 1, 2)
    )

    assert [at for at, *_ in found] == ["/l", "/lx"]


def test_answers_with_other_statuses_teach_nothing_but_that() -> None:
    learner = Learner()
    for findings in (
        [Finding(Kind.STATUS, "status", 200, 429), Finding(Kind.MISSING, "/a", 1)],
        [Finding(Kind.ENDING, "")],
    ):
        learner.took("GET /x", findings)

    assert learner.rules().given == ()
    assert learner.unsteady == {"GET /x": 2}


def test_a_rule_says_in_how_many_answers_its_place_differed() -> None:
    learner = Learner()
    learner.took("GET /x", [Finding(Kind.VALUE, "/l/*/v", 1, 2), Finding(Kind.VALUE, "/l/*/v", 5, 6)])
    learner.took("GET /x", [])
    (rule,) = learner.rules().given

    assert (rule.seen, rule.of) == (1, 2)
    assert learner.rules(0.5).given == (rule,)
    assert learner.rules(0.51).given == ()
