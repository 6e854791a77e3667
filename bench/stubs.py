"""The synthetic traffic that servers are compared on: accounts to GET, and transfers to POST that differ in their body.

Every server in a comparison gets these same requests and answers. Answers to GET have 637 bytes at six digits.
"""

from __future__ import annotations

import hashlib
import json

POST_PATH = "/v1/transfers"
_PAD = 637


def post_count(gets: int) -> int:
    """How many transfers go with so many accounts."""
    return max(1, min(2000, gets // 10))


def path(number: int) -> str:
    """The path of one account."""
    return f"/v1/accounts/acct_{number}"


def account(number: int) -> bytes:
    """The answer for one account: compact JSON of exactly 637 bytes, of which zstd can save about two thirds.

    Text that compresses to nothing would make a pack's file small and its start look better than it is.
    """
    value = {
        "id": f"acct_{number}",
        "object": "account",
        "balance": 1000 + number,
        "currency": "eur",
        "owner": {"name": f"Owner {number}", "email": f"owner{number}@example.com"},
        "created": 1_700_000_000 + number,
        "links": {"self": path(number), "transfers": f"{path(number)}/transfers"},
        "note": "",
    }
    bare = len(_compact(value))
    return _compact({**value, "note": _noise(number, _PAD - bare)})


def transfer(number: int) -> bytes:
    """The body of one POST. load.lua builds the same."""
    return _compact({"account": f"acct_{number}", "amount": 100 + number, "currency": "eur"})


def transferred(number: int) -> bytes:
    """The answer to it, of about the same size as an account."""
    return _compact({"id": f"tr_{number}", "status": "ok", "note": _noise(number, 590)})


def _noise(number: int, length: int) -> str:
    return hashlib.shake_128(number.to_bytes(8, "big")).hexdigest((length + 1) // 2)[:length]


def _compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
