"""The table of endpoints: method, path, handler, and how long each takes at the median."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smartsandbox.demo.service import accounts, cards, deliveries, disputes, payments, refunds, sessions
from smartsandbox.demo.service.call import Answer, Call, Handler
from smartsandbox.demo.service.errors import ApiError
from smartsandbox.demo.service.store import Store


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint; `path` has `{names}` for its parameters."""

    method: str
    path: str
    handler: Handler
    median_ms: float

    @property
    def segments(self) -> tuple[str, ...]:
        """The parts of the path between slashes."""
        return tuple(self.path.split("/"))


def health(store: Store, call: Call) -> Answer:
    """GET /v1/health."""
    return Answer(200, {"object": "health", "status": "ok"})


def routes(secret: bytes) -> tuple[Route, ...]:
    """Every endpoint of the service; `secret` signs the session tokens."""
    return (
        Route("GET", "/v1/health", health, 1.0),
        Route("POST", "/v1/sessions", sessions.SignIn(secret), 26.0),
        Route("GET", "/v1/customers/{customer_id}", sessions.show_customer, 4.0),
        Route("POST", "/v1/accounts", accounts.open_account, 22.0),
        Route("GET", "/v1/accounts", accounts.list_accounts, 9.0),
        Route("GET", "/v1/accounts/{account_id}", accounts.show_account, 4.0),
        Route("PATCH", "/v1/accounts/{account_id}", accounts.change_account, 12.0),
        Route("GET", "/v1/accounts/{account_id}/ledger", accounts.show_ledger, 8.0),
        Route("POST", "/v1/accounts/{account_id}/cards", cards.bind_card, 17.0),
        Route("GET", "/v1/accounts/{account_id}/cards", cards.list_cards, 5.0),
        Route("GET", "/v1/cards/{card_id}", cards.show_card, 3.0),
        Route("POST", "/v1/payments", payments.create_payment, 30.0),
        Route("GET", "/v1/payments", payments.list_payments, 11.0),
        Route("GET", "/v1/payments/{payment_id}", payments.show_payment, 4.0),
        Route("POST", "/v1/payments/{payment_id}/refunds", refunds.create_refund, 21.0),
        Route("GET", "/v1/refunds/{refund_id}", refunds.show_refund, 3.0),
        Route("POST", "/v1/disputes", disputes.open_dispute, 18.0),
        Route("GET", "/v1/disputes", disputes.list_disputes, 8.0),
        Route("GET", "/v1/disputes/{dispute_id}", disputes.show_dispute, 4.0),
        Route("POST", "/v1/disputes/{dispute_id}/evidence", disputes.add_evidence, 14.0),
        Route("GET", "/v1/webhook_deliveries", deliveries.list_deliveries, 7.0),
        Route("GET", "/v1/webhook_deliveries/{delivery_id}", deliveries.show_delivery, 3.0),
        Route("POST", "/v1/webhook_deliveries/{delivery_id}/redeliver", deliveries.redeliver, 10.0),
    )


def match(table: Sequence[Route], method: str, path: str) -> tuple[Route, dict[str, str]]:
    """The route of a request and its path parameters. Raises the 404 or 405 answer if there is none."""
    parts = tuple(path.split("/"))
    fitting = [(route, found) for route in table if (found := _params(route.segments, parts)) is not None]
    if not fitting:
        raise ApiError(404, "invalid_request_error", "unknown_path", f"Unrecognised request: {method} {path}")
    for route, found in fitting:
        if route.method == method:
            return route, found
    allowed = ", ".join(sorted(route.method for route, _ in fitting))
    message = f"{method} is not allowed here, only {allowed}"
    raise ApiError(405, "invalid_request_error", "method_not_allowed", message, headers=(("allow", allowed),))


def _params(segments: tuple[str, ...], parts: tuple[str, ...]) -> dict[str, str] | None:
    if len(segments) != len(parts):
        return None
    found: dict[str, str] = {}
    for segment, part in zip(segments, parts, strict=True):
        if segment.startswith("{") and part:
            found[segment[1:-1]] = part
        elif segment != part:
            return None
    return found
