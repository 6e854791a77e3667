"""Who sent what on a connection that several clients share."""

from __future__ import annotations

import pytest

from smartsandbox.packs.capture.clients import TOLD_APART, alternate, told_apart
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.model import Exchange, Headers
from smartsandbox.packs.testing import a_request, a_response, an_exchange


@pytest.mark.parametrize(
    ("values", "several"),
    [
        ("", False),
        ("AAAA", False),
        ("AB", False),
        ("AABBBCC", False),  # renewed twice
        ("ABA", True),  # two changes, one back
        ("ABCABC", True),  # five changes, three back
        ("ABCDA", False),  # four changes, one back
        ("ABAB", True),
    ],
)
def test_values_that_come_back_are_of_several_clients(values: str, several: bool) -> None:
    assert alternate(values) is several


def sent(*lines: Headers) -> list[Exchange]:
    return [
        an_exchange(f"ex_{number}", a_request(headers=headers), a_response(), at_us=number, session="s_conn")
        for number, headers in enumerate(lines)
    ]


def groups(exchanges: list[Exchange], report: Report | None = None) -> list[int]:
    """For each exchange the number of its session, 0 for the connection's own."""
    numbers: dict[str | None, int] = {"s_conn": 0}
    return [numbers.setdefault(one.session, len(numbers)) for one in told_apart(exchanges, report or Report())]


ANNA, BERT = (("Authorization", "Bearer anna"),), (("authorization", "Bearer bert"),)
NOBODY: Headers = ()


def test_clients_behind_a_proxy_get_sessions_of_their_own() -> None:
    report = Report()
    assert groups(sent(ANNA, BERT, NOBODY, ANNA, BERT), report) == [1, 2, 0, 1, 2]
    assert report.ledger.notes == {TOLD_APART: 1}


def test_a_client_that_signs_in_and_renews_its_token_stays_one() -> None:
    report = Report()
    assert groups(sent(NOBODY, ANNA, NOBODY, ANNA, BERT, BERT), report) == [0] * 6
    assert not report.ledger.notes


def test_one_client_on_two_connections_has_a_session_on_each() -> None:
    first, second = sent(ANNA, BERT, ANNA), sent(BERT, ANNA, BERT)
    renamed = [an_exchange(f"b{one.id}", one.request, one.response, session="s_other") for one in second]
    made = told_apart([*first, *renamed], Report())
    assert len({one.session for one in made}) == 4


def test_a_credential_goes_before_an_address_and_that_before_a_cookie() -> None:
    address, other = ("X-Forwarded-For", "81.2.69.160"), ("X-Forwarded-For", "81.2.69.161")
    cookie, another = ("Cookie", "theme=dark; sid=0123456789"), ("Cookie", "theme=light; sid=9876543210")
    assert groups(sent((*ANNA, address), (*BERT, address), (*ANNA, other))) == [1, 2, 1]
    assert groups(sent((address, cookie), (other, cookie), (address, another))) == [1, 2, 1]
    assert groups(sent((cookie,), (another,), (cookie,))) == [1, 2, 1]


def test_settings_in_cookies_name_nobody() -> None:
    dark, light = (("Cookie", "theme=dark"),), (("Cookie", "theme=light"),)
    assert groups(sent(dark, light, dark)) == [0, 0, 0]


def test_the_order_is_that_of_time_and_the_file_stays_in_its_own() -> None:
    exchanges = sent(ANNA, ANNA, BERT, BERT)
    shuffled = [exchanges[at] for at in (0, 2, 1, 3)]
    made = told_apart(shuffled, Report())
    assert [one.id for one in made] == ["ex_0", "ex_2", "ex_1", "ex_3"]
    assert {one.session for one in made} == {"s_conn"}
