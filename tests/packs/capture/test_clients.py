"""Who sent what on a connection that several clients share."""

from __future__ import annotations

import pytest

from smartsandbox.packs.capture.clients import TOLD_APART, Values, told_apart
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
    found = Values()
    for value in values:
        found.take(value)
    assert found.alternate is several


def sent(*lines: Headers) -> list[Exchange]:
    return [
        an_exchange(f"ex_{number}", a_request(headers=headers), a_response(), at_us=number, session="s_conn")
        for number, headers in enumerate(lines)
    ]


def groups(exchanges: list[Exchange], report: Report | None = None) -> list[int]:
    """For each exchange the number of its session, 0 for the connection's own."""
    numbers: dict[str | None, int] = {"s_conn": 0}
    return [numbers.setdefault(one.session, len(numbers)) for one in told_apart(exchanges, "f", report or Report())]


ANNA, BERT = (("Authorization", "Bearer anna"),), (("authorization", "Bearer bert"),)
NOBODY: Headers = ()
SID, OTHER_SID = "sid=0123456789ab", "sid=ba9876543210"


def cookies(*texts: str) -> list[Headers]:
    return [(("Cookie", text),) for text in texts]


def test_clients_behind_a_proxy_get_sessions_of_their_own() -> None:
    report = Report()
    assert groups(sent(ANNA, BERT, NOBODY, ANNA, BERT), report) == [1, 2, 0, 1, 2]
    assert report.ledger.notes == {TOLD_APART: 1}


def test_a_client_that_signs_in_and_renews_its_token_stays_one() -> None:
    report = Report()
    assert groups(sent(NOBODY, ANNA, NOBODY, ANNA, BERT, BERT), report) == [0] * 6
    assert not report.ledger.notes


def test_one_client_on_two_shared_connections_has_one_session() -> None:
    first, second = sent(ANNA, BERT, ANNA), sent(BERT, ANNA, BERT)
    renamed = [an_exchange(f"b{one.id}", one.request, one.response, session="s_other") for one in second]
    made = told_apart([*first, *renamed], "f", Report())
    assert [one.session == made[0].session for one in made] == [True, False, True, False, True, False]


def test_a_credential_goes_before_an_address_and_that_before_a_cookie() -> None:
    address, other = ("X-Forwarded-For", "81.2.69.160"), ("X-Forwarded-For", "81.2.69.161")
    cookie, another = ("Cookie", SID), ("Cookie", OTHER_SID)
    assert groups(sent((*ANNA, address), (*BERT, other), (*ANNA, other), (*BERT, address))) == [1, 2, 1, 2]
    assert groups(sent((address, cookie), (other, cookie), (address, another), (other, another))) == [1, 2, 1, 2]
    assert groups(sent((cookie,), (another,), (cookie,))) == [1, 2, 1]


@pytest.mark.parametrize("page", ["last_page=account-overview-2", "trace=0123456789abcdef"])
def test_a_connection_with_a_name_that_never_changes_is_one_client(page: str) -> None:
    lines = cookies(f"{SID}; {page}", f"{SID}; {page}x", f"{SID}; {page}", f"{SID}; {page}x")
    assert groups(sent(*lines)) == [0] * 4


def test_settings_in_cookies_name_nobody() -> None:
    assert groups(sent(*cookies("theme=dark", "theme=light", "theme=dark"))) == [0, 0, 0]
    assert groups(sent(*cookies("page=account-overview", "page=account-payments", "page=account-overview"))) == [0] * 3


def test_each_host_that_a_connection_reaches_has_names_of_its_own() -> None:
    def ask(n: int, host: str) -> Exchange:
        return an_exchange(f"ex_{n}", a_request(headers=ANNA if n % 2 else BERT, host=host), a_response(), at_us=n)

    exchanges = [ask(n, host) for n, host in enumerate(("a.test", "b.test") * 2)]
    assert {one.session for one in told_apart(exchanges, "f", Report())} == {"s1"}


def test_cookies_named_after_their_users_take_no_longer_the_more_there_are() -> None:
    lines = cookies(*(f"user_{n}=0123456789ab{n}" for n in range(5000)))
    assert groups(sent(*lines)) == [0] * 5000


def test_the_order_is_that_of_time_and_the_file_stays_in_its_own() -> None:
    exchanges = sent(ANNA, ANNA, BERT, BERT)
    shuffled = [exchanges[at] for at in (0, 2, 1, 3)]
    made = told_apart(shuffled, "f", Report())
    assert [one.id for one in made] == ["ex_0", "ex_2", "ex_1", "ex_3"]
    assert {one.session for one in made} == {"s_conn"}
