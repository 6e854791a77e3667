"""Signing in, and the customer who is signed in."""

from __future__ import annotations

from dataclasses import dataclass

from smartsandbox.demo.service import fields
from smartsandbox.demo.service.call import Answer, Call
from smartsandbox.demo.service.errors import not_found, unauthorised
from smartsandbox.demo.service.records import Customer, iso
from smartsandbox.demo.service.store import Store
from smartsandbox.demo.service.tokens import LIFETIME_S, issue, verify


@dataclass(frozen=True, slots=True)
class SignIn:
    """POST /v1/sessions: e-mail and password for a token; a session cookie goes with it."""

    secret: bytes

    def __call__(self, store: Store, call: Call) -> Answer:
        email = fields.email(call.body)
        customer = store.by_email(email)
        if customer is None or customer.password != fields.text(call.body, "password"):
            raise unauthorised("invalid_credentials", f"E-mail and password do not match for {email}")
        expires = int(call.now) + LIFETIME_S
        body = {
            "object": "session",
            "token": issue(_claims(customer, int(call.now), expires), self.secret),
            "token_type": "Bearer",
            "expires_at": iso(expires),
            "customer": {"id": customer.id, "name": customer.holder.name, "email": customer.holder.email},
        }
        cookie = f"hp_session={store.ids.next('s', 32)}; Path=/; Max-Age={LIFETIME_S}; HttpOnly; SameSite=Lax"
        return Answer(201, body, (("set-cookie", cookie), ("cache-control", "no-store")))


def authenticate(store: Store, authorization: str | None, secret: bytes, now: float) -> Customer | None:
    """The customer whom an Authorization header names, None without one. Raises the 401 answer for a bad one."""
    if authorization is None:
        return None
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise unauthorised("invalid_token", "Only bearer tokens are accepted")
    if token.startswith("hpk_"):
        found = store.by_api_token(token)
    else:
        found = store.customers.get(verify(token, secret, now)["sub"])
    if found is None:
        raise unauthorised("invalid_token", f"No customer has the API token {token[:12]}…")
    return found


def show_customer(store: Store, call: Call) -> Answer:
    """GET /v1/customers/{customer_id}."""
    who, wanted = call.who, call.params["customer_id"]
    found = store.customers.get(wanted)
    if found is None or (found.id != who.id and not who.is_support):
        raise not_found("customer", wanted)
    return Answer(200, found.to_json())


def _claims(customer: Customer, issued: int, expires: int) -> dict[str, object]:
    return {
        "iss": "https://auth.harbourpay.test",
        "sub": customer.id,
        "email": customer.holder.email,
        "name": customer.holder.name,
        "role": customer.role,
        "iat": issued,
        "exp": expires,
    }
