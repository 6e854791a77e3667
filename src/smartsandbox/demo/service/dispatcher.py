"""Sends webhooks: one attempt after another with growing pauses, until the receiver takes it or it is dead."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from smartsandbox.demo.service.deliveries import after_attempt
from smartsandbox.demo.service.records import Attempt, Delivery
from smartsandbox.demo.service.store import Store
from smartsandbox.demo.service.webhooks import sign
from smartsandbox.replay_engine.clock import Clock

FIRST_PAUSE_S = 0.2
Post = Callable[[str, bytes, tuple[tuple[str, str], ...]], Awaitable[int | None]]
"""Posts a body with headers to an endpoint: the status of the answer, None if there was none."""


class Dispatcher:
    """Takes delivery ids and works on each in a task of its own."""

    def __init__(self, store: Store, post: Post, secret: bytes, clock: Clock, epoch: float) -> None:
        self._store, self._post, self._secret = store, post, secret
        self._clock, self._epoch = clock, epoch
        self._tasks: set[asyncio.Task[None]] = set()

    def deliver(self, identifier: str) -> None:
        """Begin to send a delivery; returns at once."""
        task = asyncio.get_running_loop().create_task(self._send(identifier))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Wait until every delivery begun is delivered or dead."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _send(self, identifier: str) -> None:
        pause = FIRST_PAUSE_S
        while True:
            delivery = await self._attempt(self._store.deliveries[identifier])
            self._store.deliveries[identifier] = delivery
            if delivery.status != "pending":
                return
            await self._clock.sleep_until(self._clock.now() + pause)
            pause *= 2

    async def _attempt(self, delivery: Delivery) -> Delivery:
        begun = self._clock.now()
        at = self._epoch + begun
        headers = (
            ("Content-Type", "application/json"),
            ("User-Agent", "HarbourPay-Webhooks/1.3"),
            ("Webhook-Id", delivery.id),
            ("Webhook-Signature", sign(delivery.payload, self._secret, at)),
        )
        status = await self._post(delivery.endpoint, delivery.payload.encode(), headers)
        return after_attempt(delivery, Attempt(at, status, round((self._clock.now() - begun) * 1000)))
