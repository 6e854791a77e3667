"""The shipped builders make packs that verify and say that they are not anonymised."""

from pathlib import Path

from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack


def test_a_hand_made_pack_verifies_and_is_marked_as_not_anonymised(tmp_path: Path) -> None:
    pack = make_pack(
        tmp_path,
        [an_exchange(f"e{i}", a_request(target=f"/v1/accounts/{i}"), a_response(json={"n": i})) for i in range(3)],
    )
    assert list(pack.verify()) == []
    assert pack.manifest.anonymised is False
    assert set(pack.table("exchanges")["endpoint"].to_pylist()) == {"GET /v1/accounts/{account_id}"}
