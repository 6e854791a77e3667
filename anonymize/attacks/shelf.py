"""Exchanges of a sample, kept in a file without a name and taken from it one by one: raw ones may be among them."""

from __future__ import annotations

import marshal
from dataclasses import replace
from typing import Any

from smartsandbox.anonymize.nameless import nameless_file
from smartsandbox.packs.model import Exchange, FailureKind, Message, MessageKind, Request, Response


class Shelf:
    """Gives a place for an exchange and the exchange for a place. What is on it stays until the shelf goes."""

    def __init__(self) -> None:
        self._file = nameless_file(self)
        self._end = 0

    def put(self, exchange: Exchange) -> int:
        """Where it stands from now on."""
        place = self._file.seek(self._end)
        self._file.write(marshal.dumps(_parts(exchange)))
        self._end = self._file.tell()
        return place

    def get(self, place: int) -> Exchange:
        """What stands there, equal to what was put."""
        self._file.seek(place)
        return _exchange(*marshal.load(self._file))


def _parts(exchange: Exchange) -> tuple[Any, ...]:
    """All of an exchange as tuples, texts and numbers, in the order of the fields."""
    asked, answer = exchange.request, exchange.response
    request = (asked.method, asked.scheme, asked.host, asked.path, asked.query, asked.headers, asked.body)
    response = None if answer is None else (answer.status, answer.reason, answer.headers, answer.body)
    failure = None if exchange.failure is None else exchange.failure.value
    said = exchange.messages
    messages = None if said is None else [(one.sent, one.at_us, one.kind.value, one.payload, one.code) for one in said]
    return (
        exchange.id, exchange.service, exchange.started_us, request, response, failure, exchange.ttfb_us,
        exchange.total_us, exchange.session, exchange.endpoint, exchange.caused_by, exchange.source, messages,
    )  # fmt: skip


def _exchange(
    name: str, service: str, started_us: int, request: Any, response: Any, failure: str | None, *others: Any
) -> Exchange:
    answer = None if response is None else Response(*response)
    kind = None if failure is None else FailureKind(failure)
    *rest, said = others
    exchange = Exchange(name, service, started_us, Request(*request), answer, kind, *rest)
    return exchange if said is None else replace(exchange, messages=tuple(map(_message, said)))


def _message(parts: tuple[bool, int, str, bytes, int | None]) -> Message:
    sent, at_us, kind, payload, code = parts
    return Message(sent, at_us, MessageKind(kind), payload, code)
