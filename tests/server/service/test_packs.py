from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from smartsandbox.packs.bounds import REQUIRED
from smartsandbox.packs.store import Item, Store
from smartsandbox.server import service
from smartsandbox.server.errors import DamagedItemError, UnknownItemError
from smartsandbox.server.models.pack import PackQuery

Publish = Callable[..., Item]


def names(store: Store, **query: Any) -> list[str]:
    return [pack.name for pack in service.list_packs(store, PackQuery(**query)).items]


def test_a_pack_is_summarised_by_its_manifest_certificate_and_curve(store: Store, publish: Publish) -> None:
    publish("payments")
    (pack,) = service.list_packs(store, PackQuery()).items
    assert (pack.state, pack.problem, pack.certificate) == ("ready", None, "passed")
    assert (pack.exchanges, pack.errors, pack.endpoints, pack.span_us) == (26, 2, 3, 12_000_001)
    assert pack.curve is not None
    assert (pack.curve.peak, len(pack.curve.rates)) == (2.0, 13)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["pay", "pay-peak"]),
        ({"q": "PEAK"}, ["pay-peak"]),
        ({"q": "sample"}, ["pay", "pay-peak"]),
        ({"q": "nothing"}, []),
        ({"template": "full"}, ["pay"]),
        ({"service": "other"}, []),
        ({"name": "pay"}, ["pay"]),
        ({"sort": "-exchanges"}, ["pay", "pay-peak"]),
        ({"sort": "exchanges"}, ["pay-peak", "pay"]),
        ({"sort": "-span", "limit": 1}, ["pay"]),
    ],
)
def test_a_list_is_filtered_and_sorted(store: Store, publish: Publish, query: dict[str, Any], found: list[str]) -> None:
    publish("pay")
    publish("pay-peak", template="peak")
    assert names(store, **query) == found


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def edit(**fields: Any) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        file.write_text(json.dumps({**json.loads(file.read_text()), **fields}))

    return change


def replace(text: str) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        file.write_text(text)

    return change


@pytest.mark.parametrize(
    ("file", "damage", "reason"),
    [
        ("manifest.json", replace("not JSON"), "its manifest is damaged"),
        ("manifest.json", replace("[]"), "its manifest is damaged"),
        ("manifest.json", replace('{"format": 2}'), "its manifest is damaged"),
        ("manifest.json", edit(format=1), "its format 1 was not signed; publish it again"),
        ("manifest.json", edit(counts="many"), "its manifest is damaged"),
        ("manifest.json", edit(format="1"), "its manifest is damaged"),
        ("manifest.json", edit(format=99), "its format is newer than 4"),
        ("manifest.json", edit(seed=7), "its manifest was changed after publishing"),
        ("manifest.json", edit(version="2"), "its manifest names another pack or version"),
        ("certificate.json", replace("{}"), "its certificate is missing or damaged"),
        ("certificate.json", replace("[]"), "its certificate is missing or damaged"),
        ("certificate.json", edit(policy_digest="f"), "its certificate belongs to another trace"),
        ("certificate.json", Path.unlink, "its certificate is missing or damaged"),
        ("attestation.json", replace("{}"), "attestation.json is damaged; publish it again"),
        ("attestation.json", edit(payload=""), "it was altered: the signature of"),
        ("attestation.json", Path.unlink, "it is not signed: attestation.json is missing; publish it again"),
        ("shape.parquet", cut, "shape.parquet was changed after publishing"),
        ("shape.parquet", Path.unlink, "shape.parquet is missing or damaged"),
    ],
)
def test_a_damaged_pack_is_listed_with_the_reason(
    store: Store, publish: Publish, file: str, damage: Callable[[Path], None], reason: str
) -> None:
    damage(Path(publish("payments").url) / file)
    (pack,) = service.list_packs(store, PackQuery()).items
    assert pack.state == "damaged"
    assert pack.problem is not None
    assert pack.problem.startswith(reason)
    assert service.get_pack(store, "payments", "1").summary == pack
    assert not service.verify_pack(store, "payments", "1").holds
    with pytest.raises(DamagedItemError):
        service.pack_bundle(store, "payments", "1")


@pytest.mark.parametrize("damage", [cut, Path.unlink])
def test_a_pack_whose_bodies_changed_is_found_out_when_it_is_opened(
    store: Store, publish: Publish, damage: Callable[[Path], None]
) -> None:
    damage(Path(publish("payments").url) / "bodies.parquet")
    detail = service.get_pack(store, "payments", "1")
    assert detail.summary.state == "damaged"
    assert "bodies.parquet" in (detail.summary.problem or "")
    assert detail.inputs


def test_no_answer_names_a_folder_of_the_server(store: Store, publish: Publish, tmp_path: Path) -> None:
    cut(Path(publish("payments").url) / "bodies.parquet")
    with pytest.raises(DamagedItemError) as caught:
        service.pack_bundle(store, "payments", "1")
    assert str(tmp_path) not in str(caught.value)
    assert str(caught.value).startswith("payments@1 cannot be used: bodies.parquet")


def test_a_sound_pack_verifies(store: Store, publish: Publish) -> None:
    publish("payments")
    assert service.verify_pack(store, "payments", "1").model_dump() == {"holds": True, "problems": []}


def test_the_evidence_of_a_pack_is_its_certificate(store: Store, publish: Publish) -> None:
    publish("trial", anonymised=False)
    evidence = service.pack_evidence(store, "trial", "1")
    assert (evidence.passed, evidence.anonymised) == (True, False)
    assert [verdict.check for verdict in evidence.verdicts] == list(REQUIRED)


def test_what_is_not_published_is_unknown(store: Store) -> None:
    with pytest.raises(UnknownItemError, match="no pack payments@1 is published here"):
        service.get_pack(store, "payments", "1")


def test_a_store_that_holds_nothing_is_healthy(store: Store) -> None:
    assert service.health(store).packs == 0


def test_a_remote_store_gives_the_same_answers(
    publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMARTSANDBOX_CACHE", str(tmp_path / "cache"))
    remote = Store(f"memory://{tmp_path.name}")
    item = publish("payments")
    remote.put("packs", Path(item.url), "payments", "1")
    assert service.list_packs(remote, PackQuery()).items[0].state == "ready"
    assert service.get_pack(remote, "payments", "1").summary.state == "ready"
    assert service.verify_pack(remote, "payments", "1").holds
