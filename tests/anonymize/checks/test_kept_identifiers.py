"""Values below are published test numbers with a digit moved, invented addresses and tokens of the right shape."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.checks.kept_identifiers import TOKENS, kept_identifiers
from smartsandbox.anonymize.leaves import Address
from smartsandbox.anonymize.policy import Action, Decision, Policy
from smartsandbox.packs.certificate import Verdict
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.sandbox_tokens import sign

Make = Callable[..., Exchange]
Judge = Callable[..., Verdict]
NAME = "GET /v1/things"
PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\n-----END PRIVATE KEY-----"
LUHN = "4539578763621486"


@pytest.fixture
def judge(exchange: Make, evidence: Callable[..., Evidence]) -> Judge:
    """The verdict on one answer under a policy that keeps every leaf, and after a run that made `surrogates`."""

    def run(body: Any, surrogates: Mapping[tuple[str, str], str] | None = None, **more: Any) -> Verdict:
        made = replace(exchange(body=body, **more), endpoint=NAME)
        keep = {Address(NAME, "response.body", (name,)): Decision(Action.KEEP) for name in ("note", "phone", "ssn")}
        return kept_identifiers(evidence([made], (), surrogates, Policy("tidewater", keep, (NAME,))))

    return run


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("payment card numbers", {"note": LUHN}),
        ("payment card numbers", {"note": "paid with 4539 5787 6362 1486."}),
        ("payment card numbers", {"note": 4539578763621486}),
        ("IBANs", {"note": "DE89 3704 0044 0532 0130 00"}),
        ("IBANs", {"note": "to GB82WEST12345698765432 today"}),
        ("e-mail addresses", {"note": "ask Ottoline <ottoline@tidewater.co.uk>, please"}),
        ("e-mail addresses", {"note": base64.b64encode(b'{"to": "ottoline@tidewater.io"}').decode()}),
        ("phone numbers", {"phone": "+1 (212) 736-5000"}),
        ("phone numbers", {"phone": "+49 30 901820"}),
        ("social security numbers", {"ssn": "219-09-9999"}),
        ("secrets", {"note": "sk_live_" + "4eC39HqLyjWDarjtT1"}),
        ("secrets", {"note": "Bearer ghp_" + "a1B2c3D4e5" * 4}),
        ("secrets", {"note": "AKIA" + "QWERTYUIOPASDFG1"}),
        ("secrets", {"note": PEM}),
    ],
)
def test_a_form_that_identifies_is_found_though_its_leaf_is_kept(judge: Judge, form: str, body: Any) -> None:
    verdict = judge(body)
    assert not verdict.passed
    (line,) = verdict.findings
    assert f"1 {form}" in line
    assert line.startswith(f"{NAME} response.body /{next(iter(body))}")
    assert line.endswith("decided as `keep`") or "None" in line


@pytest.mark.parametrize(
    "body",
    [
        {"note": "4242424242424242"},
        {"note": "4539578763621487"},
        {"note": "1700000000000000"},
        {"note": "45395787636214861234567"},
        {"note": "id-4539578763621486"},
        {"note": "1.4539578763621486"},
        {"note": "DE89370400440532013001"},
        {"note": "XX89370400440532013000"},
        {"note": "ottoline@mail.example.com and ann@tidewater.test"},
        {"note": "icons/arrow@2x.png"},
        {"note": "react-dom@18.2.0"},
        {"note": "git@localhost"},
        {"note": "git@code.tidewater.io:group/project.git"},
        {"note": "ssh://ottoline@code.tidewater.io/group"},
        {"note": "+1 212 736 5000"},
        {"phone": "+1 212 555 0142"},
        {"phone": "+44 7700 900123"},
        {"phone": "+81 55501234"},
        {"phone": "+12"},
        {"note": "219-09-9999"},
        {"ssn": "912-34-5678"},
        {"note": "sk_test_4eC39HqLyjWDarjtT1"},
        {"note": "-----BEGIN PUBLIC KEY-----\nMIIEvQIBADANBgkqhkiG9w0B"},
        {"note": None, "flag": True, "amount": 12.5},
    ],
)
def test_what_is_reserved_for_examples_invalid_or_something_else_passes(judge: Judge, body: Any) -> None:
    assert judge(body).findings == ()


@pytest.mark.parametrize(
    ("made", "body"),
    [
        ("4539578763621486", {"note": "4539-5787-6362-1486"}),
        ("DE89370400440532013000", {"note": "DE89 3704 0044 0532 0130 00"}),
        ("sk_live_4eC39HqLyjWDarjtT1", {"note": "sk_live_4eC39HqLyjWDarjtT1"}),
        ("12127365000", {"phone": "+1 (212) 736-5000"}),
    ],
)
def test_a_surrogate_of_the_run_passes(judge: Judge, made: str, body: Any) -> None:
    assert not judge(body).passed
    assert judge(body, {("any", "source"): made}).passed


def test_what_a_surrogate_class_made_is_ours_whatever_it_looks_like(
    exchange: Make, evidence: Callable[..., Evidence]
) -> None:
    address = Address(NAME, "response.body", ("note",))
    made = replace(exchange(body={"note": "ann@harbour.io"}), endpoint=NAME)
    verdicts = [
        kept_identifiers(evidence([made], policy=Policy("tidewater", {address: decision}, (NAME,))))
        for decision in (Decision(Action.SURROGATE, "id"), Decision(Action.FREE_TEXT), Decision(Action.COMMON))
    ]
    assert [verdict.passed for verdict in verdicts] == [True, False, False]


def test_numbers_of_which_one_in_ten_passes_by_chance_are_ids(judge: Judge) -> None:
    ids = [str(4_539_578_763_621_480 + number) for number in range(20)]
    assert judge({"note": ids}).passed
    assert judge({"note": [*ids[:6], "4539578763621486", "4556737586899855", "4716108999716531"]}).findings


def test_a_token_signed_by_the_service_is_found_and_one_signed_anew_is_not(judge: Judge) -> None:
    ours = sign('{"alg":"HS256"}', json.dumps({"sub": "u_1"}))
    foreign = ours.rpartition(".")[0] + "." + base64.urlsafe_b64encode(b"s" * 32).decode().rstrip("=")
    assert judge({"note": ours}).passed
    (line,) = judge({"note": ours, "phone": foreign}).findings
    assert line.startswith(f"{NAME} response.body /phone/(jwt)/signature: 1 {TOKENS}")
    assert not judge(None, headers=(("Authorization", f"Bearer {foreign}"),)).passed
    assert judge(None, headers=(("Authorization", f"Bearer {ours}"),)).passed


def test_the_value_stands_in_no_finding(judge: Judge) -> None:
    assert "ottoline" not in repr(judge({"note": "ottoline@tidewater.io"}))


def test_a_request_of_no_endpoint_is_not_passed_over(judge: Judge) -> None:
    (line,) = judge({"note": "x"}, path="/elsewhere").findings
    assert line == "1 requests are of no endpoint of the policy"
