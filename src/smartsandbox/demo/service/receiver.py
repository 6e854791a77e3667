"""The merchants' end of the webhooks: checks the signature, and now and then is down for maintenance."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from smartsandbox.demo.service.http import HttpRequest, HttpResponse
from smartsandbox.demo.service.webhooks import signature_ok
from smartsandbox.replay_engine.clock import Clock

_DOWN_SHARE = 0.14


@dataclass(slots=True)
class Receiver:
    """Answers 200 to a delivery that is signed and fresh, 400 to any other, and 503 to a share of all."""

    seed: int
    secret: bytes
    clock: Clock
    epoch: float
    accepted: list[str] = field(default_factory=list)
    _seen: int = 0

    async def serve(self, request: HttpRequest) -> HttpResponse:
        """The answer to one delivery."""
        self._seen += 1
        draw = Random(f"receiver/{self.seed}/{self._seen}").random()
        if draw < _DOWN_SHARE:
            return _answer(503, b'{"error":"maintenance"}')
        signature = request.headers.get("webhook-signature", "")
        now = self.epoch + self.clock.now()
        if not signature_ok(signature, request.body.decode("utf-8", "replace"), self.secret, now):
            return _answer(400, b'{"error":"bad signature"}')
        self.accepted.append(request.headers.get("webhook-id", ""))
        return _answer(200, b'{"received":true}')


def _answer(status: int, body: bytes) -> HttpResponse:
    return HttpResponse(status, (("content-type", "application/json"), ("content-length", str(len(body)))), body)
