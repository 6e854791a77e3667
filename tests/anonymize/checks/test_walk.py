"""The walk that several checks share, against what the first pass of a run would find in the same exchanges."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace

from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.checks.k_anonymity import k_anonymity
from smartsandbox.anonymize.checks.kept_identifiers import kept_identifiers
from smartsandbox.anonymize.checks.km_anonymity import km_anonymity
from smartsandbox.anonymize.checks.walk import Walk
from smartsandbox.anonymize.collect import collect
from smartsandbox.anonymize.courses import course_of
from smartsandbox.anonymize.leaves import Address
from smartsandbox.anonymize.policy import Action, AttributeKind, Decision, Policy
from smartsandbox.anonymize.suggest import suggest_policy
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.trace import Trace

Make = Callable[..., Exchange]
Write = Callable[[Iterable[Exchange]], Trace]
ME = "GET /v1/customers/{customer_id}"
CITY = Address(ME, "response.body", ("holder", "city"))
TOKEN = Address("*", "request.header", ("x-user",))
PATH = Address(ME, "path", ("customer_id",))


def shop(exchange: Make) -> list[Exchange]:
    """Two people, one of whom is named in a header only."""
    return [
        exchange("/v1/customers/cus_1AbC29", {"holder": {"city": "Oslo"}}, session="s_1"),
        exchange("/v1/customers/cus_2DeF38", {"holder": {"city": "Bergen"}}, session="s_2",
                 headers=(("X-User", "ann"), ("Accept", "*/*"), ("Cookie", "a=b"))),
        exchange("/v1/customers/cus_2DeF38", {"holder": {"city": "Molde"}}, session="s_3"),
        exchange("/v1/nothing", b"<a>Oslo</a>", method="POST", session="s_3", sent=json.dumps([1]).encode()),
    ]  # fmt: skip


def with_people(policy: Policy) -> Policy:
    return Policy(
        service=policy.service,
        decisions={**policy.decisions, CITY: Decision(Action.GENERALISE, "city")},
        endpoints=policy.endpoints,
        quasi_identifiers={"city": AttributeKind.PLACE},
        subjects=frozenset((TOKEN, PATH)),
    )


def test_people_and_course_are_those_of_a_first_pass(exchange: Make, raw_trace: Write) -> None:
    items = shop(exchange)
    policy = with_people(suggest_policy(raw_trace(items)))
    walked, people = Walk(policy, lambda: items, {}).walked, collect(items, policy).subjects.table()
    assert walked.people.rows == people.rows == {"=cus_1abc29": {"city": "Oslo"}, "=cus_2def38": {"city": "Bergen"}}
    assert walked.people.subjects == people.subjects == {"=cus_1abc29", "=cus_2def38", "=ann"}
    course = course_of(items, policy)
    assert walked.course.holder.tolist() == course.holder.tolist() == [0, 1, 1, 1]
    assert walked.course.endpoints == course.endpoints
    assert walked.unmatched == 0


def test_three_checks_read_the_trace_once(exchange: Make, raw_trace: Write, evidence: Callable[..., Evidence]) -> None:
    items, readings = shop(exchange), []
    policy = with_people(suggest_policy(raw_trace(items)))

    def output() -> Iterable[Exchange]:
        readings.append(1)
        return items

    counted = replace(evidence(items, (), {}, policy), output=output)
    for check in (k_anonymity, km_anonymity, kept_identifiers):
        check(counted)
    assert len(readings) == 1


def test_a_request_of_no_endpoint_is_counted_and_fails_the_search(
    exchange: Make, evidence: Callable[..., Evidence]
) -> None:
    verdict = kept_identifiers(evidence([exchange("/v1/elsewhere")]))
    assert not verdict.passed
    assert verdict.findings == ("1 requests are of no endpoint of the policy",)
