from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from smartsandbox.anonymize.apply import anonymize_trace
from smartsandbox.anonymize.errors import ChecksFailedError, UndecidedError
from smartsandbox.anonymize.keys import OsKeys, RunKey
from smartsandbox.anonymize.leaves import Address
from smartsandbox.anonymize.policy import Action, AttributeKind, Decision
from smartsandbox.anonymize.suggest import accepted, suggest_policy
from smartsandbox.packs.certificate import SafeTrace
from smartsandbox.packs.errors import NotSafeError, UsageError
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.trace import Trace

JSON = (("Content-Type", "application/json"),)
Write = Callable[[Iterable[Exchange]], Trace]
Make = Callable[..., Exchange]


def shop(exchange: Make, people: int = 8) -> list[Exchange]:
    """A login, a look at oneself and a missing order, for each of some people."""
    made = []
    for number in range(people):
        person = {"id": f"cus_{number:03d}KqLm9Z", "name": f"Quill{chr(97 + number)} Oakmoor",
                  "email": f"quill.{number}@oakmoor.co.uk"}  # fmt: skip
        session = f"s_{number}"
        order = f"ord_{number:03d}ZxCv7B"
        made += [
            exchange("/v1/sessions", {"token": f"tok{number}AbCdEf99", "user": person}, method="POST", session=session,
                     sent=json.dumps({"email": person["email"].upper()}).encode(), headers=JSON),
            exchange(f"/v1/customers/{person['id']}", person, session=session,
                     headers=(("Authorization", f"Bearer tok{number}AbCdEf99"),)),
            exchange(f"/v1/orders/{order}", {"error": {"message": f"order {order} of {person['name']} not found"}},
                     status=404, session=session),
        ]  # fmt: skip
    return made


def test_a_trace_goes_through_with_its_drafted_policy(exchange: Make, anonymized: Callable[..., SafeTrace]) -> None:
    safe = anonymized(shop(exchange))
    assert safe.certificate.passed
    assert safe.trace.count == 24
    assert safe.certificate.anonymised is False


def test_a_run_with_a_real_key_is_anonymised_and_two_runs_share_no_surrogate(
    exchange: Make, raw_trace: Write, tmp_path: Path
) -> None:
    trace = raw_trace(shop(exchange))
    policy = suggest_policy(trace)
    runs = [anonymize_trace(trace, policy, OsKeys().key(), tmp_path / name) for name in ("one", "two")]
    assert all(run.certificate.anonymised for run in runs)
    assert runs[0].certificate.key_commitment != runs[1].certificate.key_commitment
    ids = [{one.id for one in run.trace.exchanges()} for run in runs]
    assert not ids[0] & ids[1]


def test_the_same_test_key_gives_the_same_rows(exchange: Make, raw_trace: Write, key: RunKey, tmp_path: Path) -> None:
    trace = raw_trace(shop(exchange))
    policy = suggest_policy(trace)
    digests = {anonymize_trace(trace, policy, key, tmp_path / name).trace.digest for name in ("one", "two")}
    assert len(digests) == 1


def test_a_new_field_stops_the_run_names_its_pointer_and_publishes_nothing(
    exchange: Make, raw_trace: Write, key: RunKey, tmp_path: Path
) -> None:
    policy = suggest_policy(raw_trace(shop(exchange)))
    extra = exchange("/v1/customers/cus_999KqLm9Z", {"id": "cus_999KqLm9Z", "diagnosis": "secret"})
    trace = raw_trace([*shop(exchange), extra])
    with pytest.raises(UndecidedError, match="1 leaf has no decision") as caught:
        anonymize_trace(trace, policy, key, tmp_path / "safe")
    assert caught.value.missing == (Address("GET /v1/customers/{customer_id}", "response.body", ("diagnosis",)),)
    assert "/diagnosis: " in caught.value.diff
    assert "secret" not in str(caught.value) + caught.value.diff
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw"]


def test_a_new_endpoint_stops_the_run_and_accepting_the_proposal_lets_it_through(
    exchange: Make, raw_trace: Write, key: RunKey, tmp_path: Path
) -> None:
    policy = suggest_policy(raw_trace(shop(exchange)))
    trace = raw_trace([*shop(exchange), exchange("/v2/refunds", {"amount": 3})])
    with pytest.raises(UndecidedError, match="1 requests match no endpoint") as caught:
        anonymize_trace(trace, policy, key, tmp_path / "safe")
    assert "GET /v2/refunds" in caught.value.diff
    assert anonymize_trace(trace, accepted(policy, trace.exchanges), key, tmp_path / "safe").certificate.passed


def test_equal_values_stay_equal_and_different_ones_different_everywhere(
    exchange: Make, raw_trace: Write, key: RunKey, tmp_path: Path
) -> None:
    trace = raw_trace(shop(exchange))
    safe = anonymize_trace(trace, suggest_policy(trace), key, tmp_path / "safe")
    pairs = set()
    for old, new in zip(trace.exchanges(), safe.trace.exchanges(), strict=True):
        pairs |= set(zip(_words(old), _words(new), strict=True))
    forward, backward = defaultdict(set), defaultdict(set)
    for old_word, new_word in pairs:
        forward[old_word].add(new_word)
        backward[new_word].add(old_word)
    assert all(len(words) == 1 for words in forward.values())
    assert all(len(words) == 1 for words in backward.values())


def _words(one: Exchange) -> list[str]:
    """Identifiers in path, token header and body, in order; addresses in lower case."""
    assert one.response is not None
    texts = [one.request.path, dict(one.request.headers).get("Authorization", ""), one.request.body.decode().lower()]
    texts.append(one.response.body.decode())
    return [word.strip('".') for text in texts for word in text.replace("/", " ").replace(",", " ").split()]


def test_an_id_in_an_error_text_stays_joined_to_the_path(exchange: Make, anonymized: Callable[..., SafeTrace]) -> None:
    safe = anonymized(shop(exchange))
    missing = [one for one in safe.trace.exchanges() if one.response and one.response.status == 404]
    for one in missing:
        assert one.response is not None
        assert one.request.path.rpartition("/")[2] in json.loads(one.response.body)["error"]["message"]


def test_times_move_together_and_the_source_is_gone(exchange: Make, anonymized: Callable[..., SafeTrace]) -> None:
    items = [exchange("/v1/orders", {"created": 1_700_000_000 + n}) for n in range(3)]
    new = list(anonymized(items).trace.exchanges())
    shifts = {(old.started_us - one.started_us) / 1e6 for old, one in zip(items, new, strict=True)}
    assert len(shifts) == 1
    shift = shifts.pop()
    assert shift % (7 * 24 * 3600) == 0
    assert [json.loads(one.response.body)["created"] for one in new if one.response] == [
        1_700_000_000 + n - shift for n in range(3)
    ]
    assert {one.source for one in new} == {""}
    assert {one.endpoint for one in new} == {"GET /v1/orders"}


def test_published_groups_hold_k_people(exchange: Make, anonymized: Callable[..., SafeTrace]) -> None:
    def person(n: int) -> dict[str, str]:
        gender = "female" if n % 2 else "male"
        return {"id": f"cus_{n:03d}KqLm9Z", "birth_date": f"{1950 + n}-01-01", "gender": gender}

    items = [exchange(f"/v1/customers/cus_{n:03d}KqLm9Z", person(n), session=f"s_{n}") for n in range(30)]
    safe = anonymized(items)
    groups: dict[tuple[str, str], int] = defaultdict(int)
    for one in safe.trace.exchanges():
        assert one.response is not None
        body = json.loads(one.response.body)
        groups[(body["birth_date"], body["gender"])] += 1
    assert min(groups.values()) >= 5
    assert len(groups) >= 3
    verdict = next(one for one in safe.certificate.verdicts if one.check == "k-anonymity")
    assert verdict.metrics["smallest_group_published"] == min(groups.values())


def test_k_above_the_population_is_one_clear_error(
    exchange: Make, raw_trace: Write, key: RunKey, tmp_path: Path
) -> None:
    items = [
        exchange(f"/v1/u/{n}00001", {"id": f"u_{n}", "birth_date": "1980-01-01"}, session=f"s_{n}") for n in range(6)
    ]
    trace = raw_trace(items)
    policy = suggest_policy(trace)
    assert policy.quasi_identifiers
    with pytest.raises(NotSafeError, match="k=50, but only 6 people"):
        anonymize_trace(trace, replace(policy, k=50), key, tmp_path / "safe")
    assert not (tmp_path / "safe").exists()


def test_over_the_suppression_limit_the_attribute_is_blamed(
    exchange: Make, raw_trace: Write, key: RunKey, tmp_path: Path
) -> None:
    people = [{"id": f"u_{n}KqLm9Z77", "gender": "male"} for n in range(9)]
    people[0]["birth_date"] = "1980-01-01"
    trace = raw_trace([exchange("/v1/users", {"users": people})])
    policy = suggest_policy(trace)
    birth = Address("GET /v1/users", "response.body", ("users", "*", "birth_date"))
    gender = birth._replace(pointer=("users", "*", "gender"))
    wider = replace(
        policy,
        quasi_identifiers={"birth_date": AttributeKind.DATE, "gender": AttributeKind.CATEGORY},
        decisions={**policy.decisions, birth: Decision(Action.GENERALISE, "birth_date"),
                   gender: Decision(Action.GENERALISE, "gender")},
        subjects=frozenset({birth._replace(pointer=("users", "*", "id"))}),
    )  # fmt: skip
    with pytest.raises(NotSafeError, match=r"1 of 9 people fit no group of 5.*without .birth_date. 0 would be left"):
        anonymize_trace(trace, wider, key, tmp_path / "safe")


def test_a_leak_stops_the_run_and_names_the_place_not_the_value(
    exchange: Make, raw_trace: Write, key: RunKey, tmp_path: Path
) -> None:
    items = [exchange("/v1/a", {"note_of_admin": "Zorblaxian"}), exchange("/v1/b", {"blob": "x"})]
    trace = raw_trace(items)
    policy = suggest_policy(trace)
    with pytest.raises(ChecksFailedError, match="leak scan") as caught:
        anonymize_trace(trace, policy, key, tmp_path / "safe", canaries=["application/json"])
    findings = [line for verdict in caught.value.verdicts for line in verdict.findings]
    assert any("response_headers" in line for line in findings)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw"]


def test_only_a_raw_trace_is_taken_and_no_other_folder_is_replaced(
    exchange: Make, anonymized: Callable[..., SafeTrace], key: RunKey, raw_trace: Write, tmp_path: Path
) -> None:
    safe = anonymized(shop(exchange))
    policy = suggest_policy(raw_trace(shop(exchange)))
    with pytest.raises(UsageError, match="is no raw trace"):
        anonymize_trace(safe.trace, policy, key, tmp_path / "again")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").touch()
    with pytest.raises(UsageError, match="not a trace"):
        anonymize_trace(raw_trace(shop(exchange)), policy, key, tmp_path / "mine")


def test_the_ledger_adds_up(exchange: Make, anonymized: Callable[..., SafeTrace]) -> None:
    ledger = anonymized(shop(exchange)).certificate.ledger
    groups = [ledger[name] for name in ("kept", "surrogated", "generalised", "retimed", "dropped") if name in ledger]
    assert sum(groups) == ledger["leaves"] == sum(ledger["by_outcome"].values())


def test_a_town_that_stands_for_a_group_may_also_be_somebody_elses_name(
    exchange: Make, anonymized: Callable[..., SafeTrace]
) -> None:
    items = [
        exchange(f"/v1/users/cus_{n:03d}KqLm9Z", {"id": f"cus_{n:03d}KqLm9Z", "city": "Lancaster"}, session=f"s_{n}")
        for n in range(6)
    ]
    items.append(exchange("/v1/orders", {"last_name": "Lancaster", "comment": "Mr Lancaster called"}))
    safe = anonymized(items)
    bodies = [one.response.body.decode() for one in safe.trace.exchanges() if one.response]
    assert '"city": "Lancaster"' in bodies[0]
    assert "Lancaster" not in bodies[-1]


def test_an_amount_is_another_near_it_and_the_same_in_every_field_and_text(
    exchange: Make, anonymized: Callable[..., SafeTrace]
) -> None:
    made = [
        exchange(
            "/v1/payments",
            {
                "id": f"pay_{n:04d}Zx9",
                "amount": 100 * n + 11,
                "lines": [{"price": f"EUR {100 * n + 11}.00"}],
                "refunded": 0,
                "note": f"paid {100 * n + 11}.00 today",
            },
            session=f"s_{n}",
        )
        for n in range(1, 60)
    ]
    safe = anonymized(made)
    bodies = [json.loads(one.response.body) for one in safe.trace.exchanges() if one.response]
    recorded = {100 * n + 11 for n in range(1, 60)}
    assert all(body["refunded"] == 0 for body in bodies)
    assert {body["note"] for body in bodies} == {f"paid {body['amount']}.00 today" for body in bodies}
    assert all(body["lines"][0]["price"] == f"EUR {body['amount']}.00" for body in bodies)
    assert len({body["amount"] for body in bodies} & recorded) < 15
    assert sum(body["amount"] for body in bodies) == pytest.approx(sum(recorded), rel=0.15)
    found = next(verdict for verdict in safe.certificate.verdicts if verdict.check == "numbers in bands")
    assert found.metrics["smallest_band"] >= 12
    assert safe.certificate.ledger["banded"] == 3 * 59


def test_a_banded_number_that_is_an_id_elsewhere_has_the_surrogate_of_the_id(
    exchange: Make, anonymized: Callable[..., SafeTrace]
) -> None:
    made = [
        exchange("/v1/things", {"id": 9_000_000_000 + 7919 * n, "total": 9_000_000_000 + 7919 * n}, session=f"s_{n}")
        for n in range(20)
    ]
    bodies = [json.loads(one.response.body) for one in anonymized(made).trace.exchanges() if one.response]
    assert all(body["id"] == body["total"] for body in bodies)
    assert not {body["id"] for body in bodies} & {9_000_000_000 + 7919 * n for n in range(20)}
