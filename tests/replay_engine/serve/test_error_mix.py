"""Errors that come at the recorded rate, whatever exchange a request matches."""

from __future__ import annotations

import pytest

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.error_mix import errors_of
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.testing import Exchanger

N = 400


@pytest.fixture(scope="module")
def failing_pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """In each twenty requests for a path of its own, three in a row fail; /twice/0 fails and then succeeds."""
    rows = [
        an_exchange(
            f"e{at:03}",
            a_request(target=f"/a/{at}"),
            a_response(503 if 10 <= at % 20 < 13 else 200, body=b"%d" % at),
            at_us=at,
            endpoint="GET /a/{id}",
        )
        for at in range(100)
    ]
    twice = [
        an_exchange(f"t{at}", a_request(target="/twice/0"), a_response(status), at_us=at, endpoint="GET /twice/{id}")
        for at, status in enumerate((500, 201))
    ]
    return make_pack(tmp_path_factory.mktemp("failing"), [*rows, *twice])


def statuses(pack: Pack, errors: str, target: str, n: int = N, seed: int = 0) -> tuple[list[int], Exchanger]:
    options = ServeOptions(latency=Scaled(0.0), selectors=errors_of(errors, seed))
    served = Exchanger(pack, VirtualClock(), options)
    answers = [served.ask(b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % target.encode()) for _ in range(n)]
    return [int(answer[9:12]) for answer in answers], served


@pytest.mark.parametrize("target", ["/a/1", "/a/10"])
def test_one_request_again_and_again_fails_at_the_rate_and_in_the_runs_of_its_endpoint(
    failing_pack: Pack, target: str
) -> None:
    found, served = statuses(failing_pack, "recorded", target)

    assert found.count(503) == pytest.approx(N * 0.15, rel=0.15)
    lengths = {len(run) for run in "".join("x" if status == 503 else " " for status in found).strip().split()}
    assert lengths == {3}
    facts = served.service.responder.facts()["errors"]["GET /a/{id}"]
    assert facts == {"asked": N, "failed": found.count(503), "recorded_rate": 0.15}


def test_without_errors_an_error_gives_way_to_a_success_of_the_same_request(failing_pack: Pack) -> None:
    assert statuses(failing_pack, "none", "/twice/0", 3)[0] == [201, 201, 201]
    assert set(statuses(failing_pack, "none", "/a/10", 50)[0]) == {200}


def test_by_default_errors_come_where_they_were_recorded(failing_pack: Pack) -> None:
    assert statuses(failing_pack, "matched", "/twice/0", 3)[0] == [500, 201, 201]


def test_a_factor_doubles_the_rate_and_the_seed_moves_the_runs(failing_pack: Pack) -> None:
    found, _ = statuses(failing_pack, "x2", "/a/1")

    assert found.count(503) == pytest.approx(N * 0.3, rel=0.15)
    assert found == statuses(failing_pack, "x2", "/a/1")[0]
    assert found != statuses(failing_pack, "x2", "/a/1", seed=1)[0]


def test_what_is_not_in_the_pack_is_still_a_miss(failing_pack: Pack) -> None:
    assert statuses(failing_pack, "recorded", "/nowhere", 2)[0] == [404, 404]


@pytest.mark.parametrize("name", ["", "x", "2", "x-1", "xnan", "often"])
def test_an_unknown_mix_is_a_usage_error(name: str) -> None:
    with pytest.raises(UsageError, match="is not one of: matched"):
        errors_of(name, 0)
