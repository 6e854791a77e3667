from __future__ import annotations

from typing import Any

import pytest

from smartsandbox.packs.capture.base import (
    Draft,
    exchange_id,
    finish,
    guarded,
    make_request,
    session_id,
    status_code,
)
from smartsandbox.packs.capture.moments import EPOCH_US, STEP_US
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.capture.urls import Address
from smartsandbox.packs.errors import UnreadableError
from smartsandbox.packs.model import Request, Response

ADDRESS = Address("https", "a.test", "/", "")
REQUEST = Request("GET", "https", "a.test", "/")


def test_the_method_of_a_ruby_symbol_becomes_the_wires() -> None:
    assert make_request(":post", ADDRESS, (), b"", []).method == "POST"


@pytest.mark.parametrize("method", ["", "G T", "CONNECT", "<X>"])
def test_a_method_that_makes_no_exchange_is_refused(method: str) -> None:
    with pytest.raises(UnreadableError):
        make_request(method, ADDRESS, (), b"", [])


def test_credentials_in_the_url_become_the_header_that_a_client_sends() -> None:
    notes: list[str] = []
    made = make_request("GET", Address("https", "a.test", "/", "", "ann:p%40ss"), (), b"", notes)
    assert made.headers == (("Authorization", "Basic YW5uOnBAc3M="),)
    assert notes == ["credentials in the URL moved to an Authorization header"]


def test_credentials_in_the_url_yield_to_a_header_that_is_there() -> None:
    notes: list[str] = []
    headers = (("authorization", "Bearer t"),)
    assert make_request("GET", Address("https", "a.test", "/", "", "ann"), headers, b"", notes).headers == headers
    assert len(notes) == 1


@pytest.mark.parametrize(("recorded", "status"), [(200, 200), ("404", 404), (204.0, 204)])
def test_a_status_is_a_number_or_its_digits(recorded: Any, status: int) -> None:
    assert status_code(recorded) == status


@pytest.mark.parametrize("recorded", [None, "", "abc", "200 OK", True, [], float("nan"), "9" * 5000])
def test_anything_else_is_no_status(recorded: Any) -> None:
    with pytest.raises(UnreadableError):
        status_code(recorded)


def test_ids_depend_on_content_and_position_only() -> None:
    assert exchange_id("digest", 1) == exchange_id("digest", 1)
    assert len({exchange_id("digest", 1), exchange_id("digest", 2), exchange_id("other", 1)}) == 3
    assert session_id("a", "b") != session_id("ab", "")


def test_undated_files_follow_one_another_on_the_made_up_timeline() -> None:
    report = Report(place="x")
    drafts = [Draft(index, None, REQUEST, Response(200)) for index in range(2)]
    first = [exchange.started_us for exchange in finish(drafts, "one", report)]
    second = [exchange.started_us for exchange in finish(drafts, "two", report)]
    assert first + second == [EPOCH_US + step * STEP_US for step in range(4)]
    assert report.ledger.notes["no recorded time"] == 4


def test_an_unforeseen_fault_costs_its_entry_and_names_no_value() -> None:
    report = Report(place="x")

    def fault() -> None:
        raise KeyError("a captured value")

    guarded(7, fault, report)
    assert report.listing() == ["x entry 7: malformed entry (KeyError)"]
