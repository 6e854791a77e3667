"""What passes the gate, and what does not because nobody can tell."""

from __future__ import annotations

from smartsandbox.anonymize.attacks import ATTACKS
from smartsandbox.anonymize.attacks.base import AttackResult, Trial
from smartsandbox.anonymize.attacks.gate import BOUNDS, Outcome, judge


def outcome(*trials: Trial) -> Outcome:
    return judge(AttackResult(trials), 0.2).outcome


def test_an_attack_without_success_in_many_attempts_holds() -> None:
    assert outcome(Trial(300, 3, 300, 3, 3)) is Outcome.HELD


def test_an_attack_that_always_succeeds_is_a_breach() -> None:
    assert outcome(Trial(300, 300, 300, 3, 3)) is Outcome.BREACHED


def test_no_attempt_at_all_is_not_a_pass() -> None:
    assert outcome() is Outcome.CANNOT_TELL


def test_no_control_is_not_a_pass() -> None:
    assert outcome(Trial(300, 0, 0, 0, 0)) is Outcome.CANNOT_TELL


def test_too_few_attempts_are_not_a_pass_and_the_number_needed_is_said() -> None:
    judged = judge(AttackResult((Trial(4, 0, 4, 0, 0),)), 0.2)
    assert judged.outcome is Outcome.CANNOT_TELL
    assert "attempts are needed" in judged.reason


def test_an_attack_that_guessing_beats_shows_nothing() -> None:
    assert outcome(Trial(300, 3, 300, 3, 150)) is Outcome.CANNOT_TELL


def test_guessing_as_good_as_the_attack_by_chance_does_not_hinder() -> None:
    assert outcome(Trial(300, 3, 300, 3, 5)) is Outcome.HELD


def test_the_worst_part_decides() -> None:
    assert outcome(Trial(300, 3, 300, 3, 3, "city"), Trial(300, 299, 300, 3, 3, "age")) is Outcome.BREACHED


def test_every_attack_has_a_bound() -> None:
    assert set(BOUNDS) == set(ATTACKS)
