"""Small exchanges and traces for the tests of the privacy boundary; every value in them is invented."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from smartsandbox.anonymize.apply import anonymize_trace
from smartsandbox.anonymize.keys import GivenKey, RunKey
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.suggest import suggest_policy
from smartsandbox.packs.certificate import SafeTrace
from smartsandbox.packs.model import Exchange, Headers, Ledger, Request, Response
from smartsandbox.packs.trace import RAW, Trace, row_bytes, write_trace

JSON = (("Content-Type", "application/json"),)


@dataclass(slots=True)
class Maker:
    """Makes exchanges with running numbers, a second apart."""

    count: int = 0

    def __call__(
        self,
        path: str = "/v1/things",
        body: Any = None,
        *,
        method: str = "GET",
        query: str = "",
        headers: Headers = (),
        sent: bytes = b"",
        answer_headers: Headers = JSON,
        status: int = 200,
        session: str | None = "s_1",
        host: str = "api.tidewater.test",
    ) -> Exchange:
        self.count += 1
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return Exchange(
            id=f"ex_{self.count:04d}",
            service="tidewater",
            started_us=1_700_000_000_000_000 + self.count * 1_000_000,
            request=Request(method, "https", host, path, query, headers, sent),
            response=Response(status, "OK", answer_headers, raw),
            ttfb_us=1000,
            total_us=2000,
            session=session,
            source=f"capture.har#{self.count}",
        )


@pytest.fixture
def exchange() -> Maker:
    """A maker of exchanges."""
    return Maker()


@pytest.fixture
def key() -> RunKey:
    """A test key."""
    return GivenKey("07" * 32).key()


@pytest.fixture
def raw_trace(tmp_path: Path) -> Callable[[Iterable[Exchange]], Trace]:
    """Writes exchanges as a raw trace."""

    def write(exchanges: Iterable[Exchange]) -> Trace:
        items = list(exchanges)
        ledger = Ledger()
        ledger.keep(len(items))
        return write_trace(tmp_path / "raw", items, RAW, ledger)

    return write


@pytest.fixture
def anonymized(
    raw_trace: Callable[[Iterable[Exchange]], Trace], key: RunKey, tmp_path: Path
) -> Callable[..., SafeTrace]:
    """Drafts a policy for exchanges, or takes one, and anonymises under the test key."""

    def run(exchanges: Iterable[Exchange], policy: Policy | None = None, k: int = 5) -> SafeTrace:
        trace = raw_trace(exchanges)
        return anonymize_trace(trace, policy or suggest_policy(trace, k), key, tmp_path / "safe")

    return run


@pytest.fixture
def everything() -> Callable[[SafeTrace], str]:
    """All rows of a trace as one text."""

    def read(safe: SafeTrace) -> str:
        return b"\n".join(row_bytes(one) for one in safe.trace.exchanges()).decode()

    return read
