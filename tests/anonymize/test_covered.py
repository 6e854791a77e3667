"""A token that is by chance the code of a text is covered by the decision for the token."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from smartsandbox.anonymize.apply import anonymize_trace
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.leaves import ANY, Address
from smartsandbox.anonymize.policy import Action, Decision, Policy
from smartsandbox.anonymize.suggest import suggest_policy
from smartsandbox.packs.model import Exchange, header
from smartsandbox.packs.trace import Trace

HEADER = "request.header"
KEY = ("idempotency-key",)


def policy(*decided: tuple[str, tuple[str, ...], str]) -> Policy:
    made = {Address(endpoint, HEADER, pointer): Decision.parse(text) for endpoint, pointer, text in decided}
    return Policy("s", made)


@pytest.mark.parametrize(
    ("decided", "inside", "expected"),
    [
        ([(ANY, KEY, "surrogate token")], ("(base64)",), Decision(Action.SURROGATE, "text")),
        ([(ANY, KEY, "surrogate token")], ("(base64)", "(json)", "a"), Decision(Action.SURROGATE, "text")),
        ([(ANY, KEY, "drop")], ("(base64)",), Decision(Action.DROP, "")),
        ([(ANY, KEY, "keep")], ("(base64)",), None),
        ([(ANY, KEY, "free_text")], ("(json)", "a"), None),
        # A reviewer who decided anything inside is asked about what is new there.
        ([(ANY, KEY, "surrogate token"), (ANY, (*KEY, "(jwt)", "sub"), "surrogate id")], ("(jwt)", "new"), None),
        ([(ANY, KEY, "surrogate token"), ("GET /a", (*KEY, "(jwt)", "sub"), "keep")], ("(jwt)", "new"), None),
        ([(ANY, KEY, "surrogate token"), ("GET /b", (*KEY, "(jwt)", "sub"), "keep")], ("(jwt)", "new"),
         Decision(Action.SURROGATE, "text")),
        # An object is no string that was decided whole.
        ([(ANY, KEY, "surrogate token")], ("member",), None),
    ],
)  # fmt: skip
def test_what_stands_inside_a_replaced_string_is_covered(
    decided: list[tuple[str, tuple[str, ...], str]], inside: tuple[str, ...], expected: Decision | None
) -> None:
    assert policy(*decided).decide("GET /a", HEADER, (*KEY, *inside)) == expected


def test_a_token_that_decodes_by_chance_stops_no_run_and_is_replaced(
    exchange: Callable[..., Exchange], raw_trace: Callable[[Iterable[Exchange]], Trace], key: RunKey, tmp_path: Path
) -> None:
    def paid(number: int, token: str) -> Exchange:
        sent = (("Idempotency-Key", token), ("Content-Type", "application/json"))
        return exchange("/v1/pay", {"ok": True}, method="POST", session=f"s{number}", headers=sent, sent=b"{}")

    usual = [paid(number, f"Kq{number:02}ZxWv7LmPt9RsBy{number:02}Hd") for number in range(12)]
    policy = suggest_policy(raw_trace(usual))
    secret = b"call Quilla Oakmoor"
    chance = base64.b64encode(secret).decode()
    safe = anonymize_trace(raw_trace([*usual, paid(12, chance)]), policy, key, tmp_path / "safe")
    tokens = [header(item.request.headers, "idempotency-key") or "" for item in safe.trace.exchanges()]

    assert len(tokens) == 13
    assert chance not in tokens
    assert not any(b"Oakmoor" in base64.b64decode(token + "==", validate=False) for token in tokens)
