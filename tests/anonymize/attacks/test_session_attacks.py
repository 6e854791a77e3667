"""Known requests, pauses, sizes, rare endpoints and two releases: sessions small enough to follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from smartsandbox.anonymize.attacks.base import Attack, Sample
from smartsandbox.anonymize.attacks.cross_release import CrossRelease
from smartsandbox.anonymize.attacks.fingerprint import WHOLE
from smartsandbox.anonymize.attacks.interarrival import Interarrival
from smartsandbox.anonymize.attacks.known_requests import KnownRequests
from smartsandbox.anonymize.attacks.profiles import Passages, Profiles, gaps_us, sizes
from smartsandbox.anonymize.attacks.rare_endpoints import RareEndpoints
from smartsandbox.anonymize.attacks.reidentify import NOBODY_HIDDEN
from smartsandbox.anonymize.attacks.sessions import Session
from smartsandbox.anonymize.attacks.sizes import Sizes

S = 1_000_000
ANNE = Session("anne", (0, 10 * S, 40 * S), ("login", "list", "pay"), (100, 900, 50))
BELA = Session("bela", (100 * S, 102 * S, 103 * S), ("login", "list", "pay"), (100, 400, 60))
CARA = Session("cara", (500 * S, 560 * S, 900 * S), ("login", "list", "pay"), (110, 9000, 5))
DORA = Session("dora", (700 * S, 705 * S, 725 * S), ("login", "list", "close"), (101, 70, 8))
RELEASE = (ANNE, BELA, CARA)
Of = Callable[..., Sample]
ALL = pytest.mark.parametrize("attack", [KnownRequests(), Interarrival(known=2), Sizes(), CrossRelease()])


def successes(attack: Attack, published: tuple[Session, ...], sessions_only: Of) -> tuple[int, int]:
    shown = replace(sessions_only(*published), again=published)
    result = attack.run(sessions_only(*RELEASE), shown, sessions_only(DORA), np.random.default_rng(1))
    return result.worst.attempts, result.worst.successes


@ALL
def test_everybody_is_found_in_a_copy(attack: Attack, sessions_only: Of) -> None:
    assert successes(attack, RELEASE, sessions_only) == (3, 3)


@ALL
def test_nothing_published_means_no_attempt(attack: Attack, sessions_only: Of) -> None:
    assert successes(attack, (), sessions_only)[0] == 0


@ALL
def test_nobody_is_found_among_strangers(attack: Attack, sessions_only: Of) -> None:
    strangers = tuple(replace(session, key=f"not {session.key}") for session in RELEASE)
    assert successes(attack, strangers, sessions_only) == (3, 0)


@ALL
def test_the_same_seed_gives_the_same_counts(attack: Attack, sessions_only: Of) -> None:
    alike = tuple(replace(ANNE, key=session.key) for session in RELEASE)
    assert successes(attack, alike, sessions_only) == successes(attack, alike, sessions_only)


def test_moving_every_session_does_not_hide_known_requests(sessions_only: Of) -> None:
    moved = tuple(
        replace(session, starts_us=tuple(start + at * 7777 * S for start in session.starts_us))
        for at, session in enumerate(RELEASE, 1)
    )
    assert successes(KnownRequests(), moved, sessions_only) == (3, 3)


def test_known_requests_need_all_endpoints(sessions_only: Of) -> None:
    other = tuple(replace(session, endpoints=("login", "list", "show")) for session in RELEASE)
    assert successes(KnownRequests(), other, sessions_only) == (3, 0)


def test_a_request_out_of_the_known_time_does_not_match(sessions_only: Of) -> None:
    late = (replace(ANNE, starts_us=(0, 12 * S, 40 * S)),)
    assert successes(KnownRequests(), late, sessions_only) == (3, 0)
    near = (replace(ANNE, starts_us=(0, 10 * S + S // 2, 40 * S)),)
    assert successes(KnownRequests(), near, sessions_only) == (3, 1)


@ALL
def test_a_claim_among_three_that_are_alike_counts_a_third_whatever_the_seed(attack: Attack, sessions_only: Of) -> None:
    alike = tuple(replace(ANNE, key=session.key) for session in RELEASE)
    everyone = replace(sessions_only(*alike), again=alike)
    for seed in range(3):
        trial = attack.run(everyone, everyone, everyone, np.random.default_rng(seed)).worst
        assert trial.successes == pytest.approx(3 * 1 / 3)
        assert trial.control_successes == pytest.approx(3 * 1 / 2)  # one of two others, of whom one stands in
        assert trial.baseline_successes == pytest.approx(3 * 1 / 3)


def test_the_mean_over_what_may_be_known_counts(sessions_only: Of) -> None:
    # of Anne's three pairs of consecutive requests one is in the publication with its pause, twice
    shown = (replace(ANNE, starts_us=(0, 10 * S, 50 * S)), replace(ANNE, key="twin", starts_us=(0, 10 * S, 60 * S)))
    result = KnownRequests(known=2).run(
        sessions_only(*[ANNE] * 12), sessions_only(*shown), sessions_only(DORA), np.random.default_rng(1)
    )
    assert result.worst.attempts == 12
    assert 1 < result.worst.successes < 3  # a third of the pairs, each claimed among two: 12 * 1/3 * 1/2


def test_alike_sessions_are_claimed_by_chance(sessions_only: Of) -> None:
    alike = tuple(replace(ANNE, key=str(at)) for at in range(200))
    result = KnownRequests().run(
        sessions_only(*alike), sessions_only(*alike), sessions_only(*alike), np.random.default_rng(1)
    )
    assert result.worst.successes == pytest.approx(1)
    assert result.notes == {"one candidate": 0, "any candidate": 200}


def test_sessions_with_fewer_pauses_than_are_known_are_not_attacked_by_them(sessions_only: Of) -> None:
    short = sessions_only(ANNE)
    assert Interarrival(known=3).run(short, short, short, np.random.default_rng(1)).worst.attempts == 0


def test_the_most_similar_run_is_found_wherever_it_stands() -> None:
    long = Session("long", tuple(range(6)), ("a",) * 6, (5, 7, 100, 900, 50, 3))
    found = Passages((BELA, long, DORA), sizes, 3)
    assert found.nearest([101.0, 880.0, 49.0], NOBODY_HIDDEN).tolist() == [1]
    assert found.nearest([101.0, 71.0, 8.0], NOBODY_HIDDEN).tolist() == [2]


def test_runs_that_tie_are_all_candidates() -> None:
    assert Passages((ANNE, BELA, replace(ANNE, key="twin")), gaps_us, 2).nearest(
        [10.0 * S, 30.0 * S], NOBODY_HIDDEN
    ).tolist() == [
        0,
        2,
    ]


def test_who_knows_the_whole_session_is_reported_and_not_judged(sessions_only: Of) -> None:
    swapped = tuple(replace(one, sizes=one.sizes[:2] + one.sizes[:1]) for one in RELEASE)
    result = Sizes().run(
        sessions_only(*RELEASE), sessions_only(*swapped), sessions_only(DORA), np.random.default_rng(1)
    )
    assert [trial.part for trial in result.beyond] == [WHOLE]
    assert result.worst in result.trials


def test_two_releases_together_find_who_is_on_time_in_both_and_one_alone_does_not(sessions_only: Of) -> None:
    # in the first release Anne and a twin are on time, in the second Anne and another one
    twin, other, late = (replace(ANNE, key=key) for key in ("twin", "other", "late"))
    late = replace(late, starts_us=tuple(start + 3600 * S for start in ANNE.starts_us))
    first = (ANNE, twin, replace(late, key="other"))
    second = (ANNE, replace(late, key="twin"), other)
    targets = sessions_only(*[ANNE] * 40)
    both = CrossRelease().run(targets, replace(sessions_only(*first), again=second), targets, np.random.default_rng(1))
    alone = CrossRelease().run(targets, replace(sessions_only(*first), again=first), targets, np.random.default_rng(1))
    assert both.worst.successes == 40
    assert alone.worst.successes == 20


def test_without_a_second_release_nothing_is_attempted(sessions_only: Of) -> None:
    everyone = sessions_only(*RELEASE)
    assert CrossRelease().run(everyone, everyone, everyone, np.random.default_rng(1)).worst.attempts == 0


def test_profiles_are_distances_of_logarithms() -> None:
    found = Profiles(RELEASE, gaps_us).distances(ANNE)
    expected = (abs(np.log(10 * S + 1) - np.log(2 * S + 1)) + abs(np.log(30 * S + 1) - np.log(S + 1))) / 2
    assert found[:2] == pytest.approx([0.0, expected])


def test_a_number_without_a_partner_counts_as_missing() -> None:
    longer = replace(
        ANNE, starts_us=(*ANNE.starts_us, 50 * S), endpoints=(*ANNE.endpoints, "x"), sizes=(*ANNE.sizes, 1)
    )
    assert Profiles((longer,), sizes).distances(ANNE) == pytest.approx([3.0 / 4])


def with_endpoints(key: str, *names: str) -> Session:
    return Session(key, tuple(range(len(names))), names, (0,) * len(names))


def test_a_combination_of_one_session_is_membership_and_a_common_one_is_not(sessions_only: Of) -> None:
    inside = sessions_only(
        *(with_endpoints(f"a{at}", "login", "pay") for at in range(3)), with_endpoints("rare", "login", "audit")
    )
    outside = sessions_only(
        *(with_endpoints(f"b{at}", "login", "pay") for at in range(3)), with_endpoints("odd", "login", "export")
    )
    result = RareEndpoints(fewest=1).run(inside, inside, outside, np.random.default_rng(1))
    assert (result.worst.successes, result.worst.control_successes) == (1, 0)
    result = RareEndpoints(fewest=4).run(inside, inside, outside, np.random.default_rng(1))
    assert (result.worst.successes, result.worst.control_successes) == (4, 3)
    assert result.notes == {"held by one session and shown": 1}


def test_a_rare_combination_that_was_taken_out_is_no_membership(sessions_only: Of) -> None:
    inside = sessions_only(with_endpoints("a", "login", "pay"), with_endpoints("rare", "login", "audit"))
    shown = sessions_only(with_endpoints("a", "login", "pay"), with_endpoints("rare", "login"))
    outside = sessions_only(with_endpoints("b", "login", "pay"))
    assert RareEndpoints(fewest=1).run(inside, shown, outside, np.random.default_rng(1)).worst.successes == 0


@ALL
def test_a_stranger_is_looked_for_as_if_they_were_not_published(attack: Attack, sessions_only: Of) -> None:
    everyone = replace(sessions_only(*RELEASE), again=RELEASE)
    result = attack.run(everyone, everyone, everyone, np.random.default_rng(1))
    assert result.worst.successes == 3
    assert result.worst.control_successes < 3
