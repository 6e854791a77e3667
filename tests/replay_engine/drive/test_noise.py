"""Noise learnt from runs of one live API, and two of them compared; the volatile fields are planted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

from smartsandbox.cli import run as command
from smartsandbox.packs.errors import InconclusiveError
from smartsandbox.packs.model import Headers, Request, Response
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.drive.both import drive_pack_at_both
from smartsandbox.replay_engine.drive.driver import drive_pack
from smartsandbox.replay_engine.drive.noise import learn_noise
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.rules_file import noise_text, read_rules
from smartsandbox.replay_engine.drive.sandbox.rules import SandboxRules
from smartsandbox.replay_engine.drive.target import resolve_target
from smartsandbox.replay_engine.report.build import build_report
from smartsandbox.replay_engine.report.html import to_html
from smartsandbox.replay_engine.report.terminal import to_text
from smartsandbox.replay_engine.testing_live import Live, record, running

PLANTED = {
    "at": "timestamp",
    "trace_id": "trace id",
    "seq": "counter",
    "load": "jitter",
    "tags": "the list's order varies",
}
ENDPOINTS = {
    "POST /login",
    "GET /items",
    "POST /orders",
    "GET /orders/{order_id}",
    "PATCH /orders/{order_id}",
    "POST /payments",
    "GET /payments/{payment_id}",
}


def volatile(live: Live) -> Mapping[str, Any]:
    """Fields that are others in every answer."""
    turn = len(live.seen)
    return {
        "at": f"2026-01-31T10:{turn // 60:02d}:{turn % 60:02d}Z",
        "trace_id": blake2b(f"{live.seed}{turn}".encode(), digest_size=8).hexdigest(),
        "seq": turn,
        "load": 100.0 + turn / 100,
        "tags": ["a", "b"] if turn // 10 % 2 else ["b", "a"],
        "constant": "x1y2z3",
    }


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return make_pack(tmp_path_factory.mktemp("noise"), record(Live("recorded", volatile)))


def test_exactly_the_planted_fields_are_learnt_each_with_its_cause(pack: Pack) -> None:
    with running(Live("another", volatile)) as url:
        rules = learn_noise(pack, [resolve_target(url)] * 2, DriveOptions()).rules

    assert {(rule.endpoint, rule.at) for rule in rules.given} == {
        (endpoint, f"/{name}") for endpoint in ENDPOINTS for name in PLANTED
    }
    assert {rule.at[1:]: rule.cause for rule in rules.given} == PLANTED


def test_with_what_was_learnt_a_run_has_no_differences_and_still_binds(pack: Pack, tmp_path: Path) -> None:
    with running(Live("another", volatile)) as url:
        target = resolve_target(url)
        rules = learn_noise(pack, [target] * 3, DriveOptions()).rules
        (tmp_path / "rules.yaml").write_text(noise_text(rules, 3))
        read = read_rules(tmp_path / "rules.yaml", {})
        before, after = drive_pack(pack, target, DriveOptions()), drive_pack(pack, target, DriveOptions(rules=read))

    assert read.noise == rules
    assert before.outcomes.differs.sum() > 0
    assert not after.outcomes.differs.any()
    assert after.outcomes.bound.sum() == 9


class Silent(Live):
    """Hangs up on everyone."""

    def answer(self, request: Request) -> Response:
        raise ConnectionError


def test_a_target_that_answers_nothing_teaches_nothing(pack: Pack) -> None:
    with running(Silent("another")) as url, pytest.raises(InconclusiveError, match="no answer"):
        learn_noise(pack, [resolve_target(url)] * 2, DriveOptions(timeout=0.2))


def changed(live: Live) -> Mapping[str, Any]:
    """The same API after a change: a field has another value, and one is gone."""
    return {**{name: value for name, value in volatile(live).items() if name != "seq"}, "constant": "changed"}


def test_two_targets_are_told_apart_by_what_changed_less_the_noise(pack: Pack) -> None:
    with running(Live("one", volatile)) as one, running(Live("other", changed)) as other:
        rules = learn_noise(pack, [resolve_target(one)] * 2, DriveOptions()).rules
        lasting = type(rules).of(rule for rule in rules.given if rule.at != "/seq")
        options = DriveOptions(rules=SandboxRules(lasting))
        both = drive_pack_at_both(pack, (resolve_target(one), resolve_target(other)), options)
    report = build_report(both.one, (), both)

    assert {(item["kind"], item["at"]) for item in report["against"]["differences"]} == {
        ("value", "/constant"),
        ("missing", "/seq"),
    }
    assert (report["against"]["compared"], report["against"]["differing"]) == (10, 9)
    assert report["shares"]["agreed"] == pytest.approx(0.1)
    for text in (to_text(report), to_html(report)):
        assert "/constant" in text
        assert "x1y2z3" not in text


def test_two_instances_of_one_api_agree_though_every_id_differs(tmp_path: Path) -> None:
    pack = make_pack(tmp_path, record(Live("recorded")))
    with running(Live("one")) as one, running(Live("other")) as other:
        both = drive_pack_at_both(pack, (resolve_target(one), resolve_target(other)), DriveOptions())

    assert (both.disagreement.compared, both.disagreement.differing) == (10, 0)
    assert not both.one.outcomes.differs.any()
    assert not both.other.outcomes.differs.any()


class Lost(Live):
    """Hangs up instead of answering about payments."""

    def _payment(self, *given: Any) -> Any:
        raise ConnectionError


def test_an_answer_that_only_one_target_gave_is_a_difference(tmp_path: Path) -> None:
    pack = make_pack(tmp_path, record(Live("recorded")))
    with running(Live("one")) as one, running(Lost("other")) as other:
        both = drive_pack_at_both(pack, (resolve_target(one), resolve_target(other)), DriveOptions())

    assert {kind for _, kind, _ in both.disagreement.tally.counts} == {"ending"}
    assert both.disagreement.differing == 2


def test_the_commands_write_rules_and_take_them(pack: Pack, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = tmp_path / "rules.yaml"
    loose = ["--lateness-bound", "10000"]
    with running(Live("another", volatile)) as url, running(Live("other", volatile)) as other:
        learnt = command(["noise", str(pack.folder), "--target", url, "--out", str(rules)])
        said = capsys.readouterr().out
        objectives = ["--objective", "matched>=100%", "--objective", "agreed>=100%"]
        given = ["--target", url, "--against", other, "--rules", str(rules), *objectives, *loose]
        held = command(["drive", str(pack.folder), *given])

    assert (learnt, held) == (0, 0)
    assert "35 rules from 2 runs" in said
    assert "POST /login  /seq  type: counter, 1 of 1" in said
    assert "agrees with" in capsys.readouterr().out


class Remembering(Live):
    """Tells how many orders there are, which a run adds to."""

    def _shown(self, status: int, name: str, headers: Headers = ()) -> Response:
        shown = super()._shown(status, name, headers)
        return replace(shown, body=shown.body[:-1] + b',"orders":%d}' % len(self.orders))


def test_twins_are_not_misled_by_what_a_run_leaves_behind(tmp_path: Path) -> None:
    pack = make_pack(tmp_path, record(Remembering("recorded")))
    with running(Remembering("one")) as one, running(Remembering("other")) as other:
        twins = learn_noise(pack, [resolve_target(one), resolve_target(other)], DriveOptions())
        again = learn_noise(pack, [resolve_target(one)] * 2, DriveOptions())

    assert twins.rules.given == ()
    assert {rule.at for rule in again.rules.given} == {"/orders"}


class OnceOnly(Live):
    """Repeats its first answer to an idempotency key."""

    def answer(self, request: Request) -> Response:
        key = dict(request.headers).get("Idempotency-Key", "")
        kept = self.__dict__.setdefault("kept", {})
        if key not in kept:
            kept[key] = super().answer(request)
        return kept[key] if key else super().answer(request)


def test_each_run_has_idempotency_keys_of_its_own_and_keeps_them(tmp_path: Path) -> None:
    key = (("Idempotency-Key", "8b9cad0e-1f20-4a2b-8c3d-4e5f60718293"),)
    again = [
        an_exchange(f"e{n}", a_request("POST", "/login", headers=key), a_response(json={"access_token": "t"}), at_us=n)
        for n in range(2)
    ]
    live = OnceOnly("x", volatile)
    with running(live) as url:
        learnt = learn_noise(make_pack(tmp_path, again), [resolve_target(url)] * 2, DriveOptions())

    assert len(live.kept) == 2
    assert "/seq" in {rule.at for rule in learnt.rules.given}
