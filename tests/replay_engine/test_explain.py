"""An explanation names the nearest exchange and the first place that differs, and repeats no value."""

from pathlib import Path

import pytest

from smartsandbox.packs.canonical import canonical_json
from smartsandbox.packs.matching.asked import Asked
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.explain.explainer import Explainer
from smartsandbox.replay_engine.serve.prepared import Prepared


@pytest.fixture(scope="module")
def explainer(shop_pack: Pack) -> Explainer:
    return Explainer(Prepared.of(shop_pack).lookup(shop_pack))


def order(**body: object) -> Asked:
    return Asked("POST", "/orders", "a=1&b=2", "application/json", canonical_json(body))


def test_a_request_that_matches_is_said_to_match(explainer: Explainer) -> None:
    found = explainer.explain(order(sku="x", n=1))
    assert found.answers == 1
    assert found.nearest[0].differs == "nothing differs"


@pytest.mark.parametrize(
    ("asked", "differs"),
    [
        (order(sku="x", n=2), "the body differs at /n"),
        (order(n=1), "the body differs at /sku"),
        (order(sku="x", n=1, secret="s3cr3t"), "the body differs at its root"),
        (Asked("POST", "/orders", "a=1&b=2"), "the body is missing"),
        (Asked("POST", "/orders", "a=1&b=s3cr3t"), "query parameter 'b' differs"),
        (Asked("POST", "/orders", "a=1"), "query parameter 'b' is missing"),
        (Asked("POST", "/orders", "a=1&b=2&s3cr3t=1"), "the query has a parameter that the exchange does not have"),
        (Asked("PUT", "/orders", "a=1&b=2"), "the method differs: the exchange has POST"),
        (Asked("DELETE", "/orders/s3cr3t9"), "path segment 2 differs"),
    ],
)
def test_the_first_difference_is_a_place_and_not_a_value(explainer: Explainer, asked: Asked, differs: str) -> None:
    found = explainer.explain(asked)
    assert found.answers == 0
    assert found.nearest[0].differs == differs
    assert "s3cr3t" not in str(found.to_json())


def test_a_path_of_no_endpoint_gets_the_endpoints_most_like_it(explainer: Explainer) -> None:
    found = explainer.explain(Asked("GET", "/balances"))
    assert found.nearest == ()
    assert found.endpoint is None
    assert len(found.similar_endpoints) == 3


def test_bodies_nested_deeper_than_python_calls_itself_are_compared_by_bytes(tmp_path: Path) -> None:
    ours, theirs = (b"[" * 1020 + number + b"]" * 1020 for number in (b"1", b"2"))
    kind = (("Content-Type", "application/json"),)
    asked = a_request("POST", "/deep", body=ours, headers=kind)
    pack = make_pack(tmp_path, [an_exchange("x1", asked, a_response(204))])
    explainer = Explainer(Prepared.of(pack).lookup(pack))
    found = explainer.explain(Asked("POST", "/deep", "", "application/json", theirs))
    assert found.nearest[0].differs == "the body differs from byte 1020"


def test_an_empty_key_is_a_step_of_a_pointer(tmp_path: Path) -> None:
    asked = a_request("POST", "/empty", json={"": {"a/b": 1}})
    pack = make_pack(tmp_path, [an_exchange("x1", asked, a_response(204))])
    explainer = Explainer(Prepared.of(pack).lookup(pack))
    found = explainer.explain(Asked("POST", "/empty", "", "application/json", canonical_json({"": {"a/b": 2}})))
    assert found.nearest[0].differs == "the body differs at //a~1b"
