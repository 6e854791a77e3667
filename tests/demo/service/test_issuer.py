from __future__ import annotations

from dataclasses import replace

import pytest

from smartsandbox.demo.service.issuer import decide
from smartsandbox.demo.service.records import Account, Address, Card, Holder

NOW = 1_790_000_000
HOLDER = Holder("A B", "a@b.test", "+447400000000", "1980-01-01", "other", Address("1 Road", "Leeds", "LS1 4AP", "GB"))
ACCOUNT = Account("acct_1", "cus_1", HOLDER, "-", "GBP", 10_000, "active", "gold", "low", NOW, "web")
CARD = Card("card_1", "acct_1", "cus_1", "visa", "4242", "print", 12, 2030, "A B", NOW)


def _share_declined(risk: str) -> float:
    account = replace(ACCOUNT, risk=risk)
    return sum(decide(account, CARD, amount, NOW) is not None for amount in range(1, 4001)) / 4000


@pytest.mark.parametrize(
    ("account", "card", "amount", "code"),
    [
        (replace(ACCOUNT, status="frozen"), CARD, 1, "account_not_active"),
        (ACCOUNT, replace(CARD, exp_year=2026, exp_month=8), 1, "expired_card"),
        (ACCOUNT, CARD, 10_001, "insufficient_funds"),
    ],
)
def test_refusals_table(account: Account, card: Card, amount: int, code: str) -> None:
    refusal = decide(account, card, amount, NOW)
    assert refusal is not None
    assert refusal.code == code


def test_a_card_is_good_until_the_end_of_its_last_month() -> None:
    assert decide(ACCOUNT, replace(CARD, exp_year=2026, exp_month=9), 5, NOW) is None


def test_declines_grow_with_risk() -> None:
    assert [_share_declined(risk) for risk in ("low", "medium", "high")] == pytest.approx([0.02, 0.09, 0.4], abs=0.02)


def test_the_same_card_and_amount_are_decided_alike() -> None:
    account = replace(ACCOUNT, risk="high")
    assert [str(decide(account, CARD, n, NOW)) for n in range(99)] == [
        str(decide(account, CARD, n, NOW)) for n in range(99)
    ]
