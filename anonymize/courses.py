"""The course of a trace with its people, read without the rest: only what may hold the identifier of a person is taken
apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from smartsandbox.anonymize.leaves import ANY, Kind, Leaf, Location
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.rewrite import rewrite
from smartsandbox.anonymize.subjects import SubjectCollector
from smartsandbox.anonymize.timeline.course import Course, CourseLog
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Exchange, Headers


def course_of(exchanges: Iterable[Exchange], policy: Policy) -> Course:
    """The course of exchanges in trace order, raw or published. Raises UsageError for a request without an endpoint."""
    reader = _Reader(policy)
    for exchange in exchanges:
        reader.take(exchange)
    return reader.log.course(reader.people.speaker_of)


class _Reader:
    def __init__(self, policy: Policy) -> None:
        self.log, self.people = CourseLog(), SubjectCollector()
        self._policy, self._table = policy, policy.table
        self._places = {(address.endpoint, address.location) for address in policy.subjects}
        self._headers = frozenset(
            {"content-type"}
            | {a.pointer[0].lower() for a in policy.subjects if "header" in a.location and a.pointer}
            | {"cookie" for a in policy.subjects if a.location == Location.REQUEST_COOKIE}
            | {"set-cookie" for a in policy.subjects if a.location == Location.RESPONSE_COOKIE}
        )

    def take(self, exchange: Exchange) -> None:
        bound = self._table.match(exchange.request.method, exchange.request.path)
        if bound is None:
            raise UsageError("a request matches no endpoint of the policy: read a trace with the policy of its run")
        self.log.take(exchange, bound.name)
        if self._places:
            rewrite(self._bare(exchange, bound.name), bound, self._visit, self._policy.is_map)
            self.people.close(exchange.session, exchange.id)

    def _visit(self, leaf: Leaf) -> str:
        if leaf.kind is not Kind.LITERAL and self._policy.is_subject(leaf.address):
            self.people.subject(leaf.location, leaf.scope, leaf.value)
        return leaf.value

    def _bare(self, exchange: Exchange, endpoint: str) -> Exchange:
        request, response = exchange.request, exchange.response
        sent = request.body if self._may_name(endpoint, Location.REQUEST_BODY) else b""
        request = replace(request, headers=self._needed(request.headers), body=sent)
        if response is not None:
            answer = response.body if self._may_name(endpoint, Location.RESPONSE_BODY) else b""
            response = replace(response, headers=self._needed(response.headers), body=answer)
        said = exchange.messages if self._may_say(endpoint) else None
        return replace(exchange, request=request, response=response, messages=said)

    def _may_say(self, endpoint: str) -> bool:
        return self._may_name(endpoint, Location.WS_SENT) or self._may_name(endpoint, Location.WS_RECEIVED)

    def _may_name(self, endpoint: str, location: Location) -> bool:
        return (endpoint, location) in self._places or (ANY, location) in self._places

    def _needed(self, headers: Headers) -> Headers:
        return tuple(pair for pair in headers if pair[0].lower() in self._headers)
