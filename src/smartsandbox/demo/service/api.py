"""The service: what becomes of a request, from its arrival to its answer.

`Api.serve` waits as long as the endpoint takes under the load there is, meets the weather, and then decides through
the handler, which is a plain function over the store. `Reset` asks whoever holds the connection to drop it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from smartsandbox.demo.service.call import Answer, Call
from smartsandbox.demo.service.errors import ApiError
from smartsandbox.demo.service.http import HttpRequest, HttpResponse, read_body, render
from smartsandbox.demo.service.idempotency import Idempotency
from smartsandbox.demo.service.latency import Latency
from smartsandbox.demo.service.rate_limit import RateLimit
from smartsandbox.demo.service.records import Customer
from smartsandbox.demo.service.routes import Route, match, routes
from smartsandbox.demo.service.sessions import authenticate
from smartsandbox.demo.service.store import Store
from smartsandbox.demo.service.weather import Fault, Weather, error_of
from smartsandbox.replay_engine.clock import Clock

UNMATCHED_MEDIAN_MS = 2.0


class Reset(Exception):  # noqa: N818 - an outcome of the simulation, not an error of the program
    """The connection is to be dropped without an answer."""


@dataclass(slots=True)
class Api:
    """One running service. `epoch` is the Unix time, in seconds, at the clock's zero; `deliver` takes delivery ids."""

    store: Store
    weather: Weather
    latency: Latency
    secret: bytes
    clock: Clock
    epoch: float
    deliver: Callable[[str], None]
    limits: RateLimit = field(default_factory=RateLimit)
    idempotency: Idempotency = field(default_factory=Idempotency)
    in_flight: int = 0
    _served: int = 0
    _table: tuple[Route, ...] = ()

    def __post_init__(self) -> None:
        self._table = routes(self.secret)

    @property
    def now(self) -> float:
        """Seconds since the Unix epoch."""
        return self.epoch + self.clock.now()

    async def serve(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request. Raises Reset where the client gets none."""
        number = self._served
        self._served += 1
        request_id = "req_" + hashlib.sha256(b"%d/%s" % (number, self.secret)).hexdigest()[:20]
        self.in_flight += 1
        try:
            answer = await self._answer(request, number)
        except ApiError as error:
            answer = Answer(error.status, error.to_json(request_id), error.headers)
        finally:
            self.in_flight -= 1
        self._send_webhooks()
        return render(answer, request, request_id)

    async def _answer(self, request: HttpRequest, number: int) -> Answer:
        fault = self.weather.next()
        try:
            route, params = match(self._table, request.method, request.path)
        except ApiError:
            await self._take_time(UNMATCHED_MEDIAN_MS, number)
            raise
        await self._take_time(route.median_ms, number)
        if fault is Fault.RESET:
            raise Reset
        if fault is not None:
            raise error_of(fault)
        return self._decide(request, route, params)

    async def _take_time(self, median_ms: float, number: int) -> None:
        await self.clock.sleep_until(self.clock.now() + self.latency.seconds(median_ms, number, self.in_flight))

    def _decide(self, request: HttpRequest, route: Route, params: dict[str, str]) -> Answer:
        now = self.now
        caller = authenticate(self.store, request.headers.get("authorization"), self.secret, now)
        if caller is not None:
            self.limits.take(caller.id, now)
        call = Call(caller, params, request.query, read_body(request), now)
        key = request.headers.get("idempotency-key")
        if key is None or caller is None or request.method != "POST":
            return route.handler(self.store, call)
        return self._decide_once(request, route, call, caller, key)

    def _decide_once(self, request: HttpRequest, route: Route, call: Call, caller: Customer, key: str) -> Answer:
        wanted = request.path.encode() + b"\n" + request.body
        known = self.idempotency.recall(caller.id, key, wanted)
        if known is not None:
            return known
        answer = route.handler(self.store, call)
        self.idempotency.keep(caller.id, key, wanted, answer)
        return answer

    def _send_webhooks(self) -> None:
        waiting, self.store.outbox = self.store.outbox, []
        for identifier in waiting:
            self.deliver(identifier)
