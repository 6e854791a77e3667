"""Opening and verifying packs: an altered one is refused, whatever was altered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartsandbox.packs.canonical import digest_file
from smartsandbox.packs.certificate import Certificate, Verdict
from smartsandbox.packs.errors import NotSafeError, RefusedError, UntrustedError, UsageError
from smartsandbox.packs.guard import PACK, attest_published
from smartsandbox.packs.interchange.entries import entries
from smartsandbox.packs.keyring import TrustedKey
from smartsandbox.packs.manifest import Manifest
from smartsandbox.packs.pack import BINDINGS_FILE, FILES, MATCHING_FILE, MESSAGES_FILE, Pack
from smartsandbox.packs.signing import SigningKey
from smartsandbox.packs.testing import (
    a_request,
    a_response,
    a_socket,
    an_exchange,
    as_of,
    closed,
    make_pack,
    received,
    sent,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    exchanges = [
        an_exchange(f"e{n}", a_request("GET", f"/v1/a/{n}"), a_response(json={"n": n}), at_us=n) for n in range(3)
    ]
    return make_pack(tmp_path, exchanges).folder


def reseal(folder: Path, sign: bool = True, **changes: object) -> None:
    """Rewrite the manifest so that its own digest and all file hashes fit again, and sign what is there now."""
    manifest = Manifest.read(folder)
    resources = tuple(
        replace(item, sha256=digest_file(folder / item.path), bytes=(folder / item.path).stat().st_size)
        for item in manifest.resources
    )
    sealed = replace(manifest, resources=resources, digest="", **changes).sealed()  # type: ignore[arg-type]
    sealed.write(folder)
    if sign:
        attest_published(PACK, folder, sealed, Certificate.read(folder / "certificate.json"))


def test_a_fresh_pack_opens_and_verifies(folder: Path) -> None:
    assert list(Pack.open(folder).verify()) == []


@pytest.mark.parametrize("name", [*FILES, MATCHING_FILE, BINDINGS_FILE, MESSAGES_FILE])
def test_a_changed_file_is_refused(folder: Path, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)

    with pytest.raises(RefusedError, match=f"{name} was changed after publishing"):
        Pack.open(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()

    with pytest.raises(RefusedError, match=f"{name} is missing"):
        Pack.open(folder)


def test_a_changed_manifest_is_refused(folder: Path) -> None:
    value = orjson.loads((folder / "manifest.json").read_bytes())
    value["anonymised"] = True
    (folder / "manifest.json").write_bytes(orjson.dumps(value))

    with pytest.raises(RefusedError, match="the manifest was changed"):
        Pack.open(folder)


def test_rows_changed_under_a_resealed_manifest_do_not_verify(folder: Path) -> None:
    path = folder / "exchanges.parquet"
    table = pq.read_table(path)
    at = table.schema.get_field_index("path")
    pq.write_table(table.set_column(at, "path", pa.array(["/v1/a/9"] * 3)), path)
    reseal(folder)

    problems = list(Pack.open(folder).verify())

    assert any("exchanges.parquet: its rows do not have the digest" in problem for problem in problems)
    assert any("match key" in problem for problem in problems)


def test_bodies_changed_under_a_resealed_manifest_do_not_verify(folder: Path) -> None:
    path = folder / "bodies.parquet"
    table = pq.read_table(path)
    at = table.schema.get_field_index("content")
    pq.write_table(table.set_column(at, "content", pa.array([b"x"] * 3, pa.large_binary())), path)
    reseal(folder)

    assert any("does not have the hash" in problem for problem in Pack.open(folder).verify())


def test_another_traces_certificate_is_refused(folder: Path) -> None:
    verdict = Verdict("c", "linkability", True, "", {}, {})
    Certificate("other", "p", False, "k", (verdict,), {}).write(folder / "certificate.json")
    reseal(folder)

    with pytest.raises(NotSafeError, match="belongs to another trace"):
        Pack.open(folder)


def test_a_certificate_that_did_not_pass_is_refused(folder: Path) -> None:
    old = Certificate.read(folder / "certificate.json")
    failed = replace(old, verdicts=(replace(old.verdicts[0], passed=False),))
    failed.write(folder / "certificate.json")
    reseal(folder, inputs={"trace": failed.content_digest, "certificate": failed.digest, "policy": "p"})

    with pytest.raises(NotSafeError, match="did not pass"):
        Pack.open(folder)


def test_a_manifest_without_a_file_it_needs_is_refused(folder: Path) -> None:
    manifest = Manifest.read(folder)
    kept = tuple(item for item in manifest.resources if item.path != "links.parquet")
    replace(manifest, resources=kept, digest="").sealed().write(folder)

    with pytest.raises(RefusedError, match="must name exactly"):
        Pack.open(folder)


def test_a_newer_pack_asks_for_an_upgrade(folder: Path) -> None:
    value = orjson.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_bytes(orjson.dumps({**value, "format": 5}))

    with pytest.raises(UsageError, match="format 5; this version reads up to 4: upgrade"):
        Pack.open(folder)


def test_a_pack_from_before_there_were_tiers_opens_as_it_did(folder: Path) -> None:
    pack = as_of(folder, 2)
    assert list(pack.verify()) == []
    assert "match" not in pack.manifest.to_json()["matching"]


def test_a_pack_from_before_there_were_messages_and_bindings_has_none(folder: Path) -> None:
    pack = as_of(folder, 3)
    assert list(pack.verify()) == []
    assert pack.messages() == {}


def test_what_was_said_on_each_socket_is_read_by_its_place(tmp_path: Path) -> None:
    said = (sent(5, {"ask": 1}), received(9, b"\x00\xff"), closed(12, 4001, "enough"))
    first, last = (an_exchange(name, a_request(), a_response(), at_us=at) for name, at in (("0", 0), ("c", 3)))
    pack = make_pack(tmp_path, [first, a_socket("a", said, at_us=1), a_socket("b", (), at_us=2), last])

    assert pack.messages() == {1: said, 2: ()}
    assert pack.manifest.counts["messages"] == 3
    assert [entry.exchange.messages for entry in entries(pack)] == [None, said, (), None]
    assert list(pack.verify()) == []


def test_keys_of_tiers_that_are_not_those_of_the_rows_are_found(folder: Path) -> None:
    path = folder / MATCHING_FILE
    table = pq.read_table(path)
    pq.write_table(table.set_column(2, "row", pa.array([0] * len(table), pa.int32())), path)
    reseal(folder)

    assert f"{MATCHING_FILE}: it has not the keys that this version computes" in list(Pack.open(folder).verify())


@pytest.mark.parametrize("inputs", [[], "x", {"trace": 1}])
def test_inputs_of_another_shape_are_damage(folder: Path, inputs: object) -> None:
    value = orjson.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_bytes(orjson.dumps({**value, "inputs": inputs}))

    with pytest.raises(RefusedError, match="damaged"):
        Pack.open(folder)


@pytest.mark.parametrize("content", [b"{", b"[]", b"null", b"{}", b'{"format": 2}', b'{"format": "x"}'])
def test_a_damaged_manifest_is_refused(folder: Path, content: bytes) -> None:
    (folder / "manifest.json").write_bytes(content)

    with pytest.raises(RefusedError, match="damaged"):
        Pack.open(folder)


def test_an_empty_folder_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no pack at"):
        Pack.open(tmp_path)


def test_an_older_pack_was_not_signed_and_says_what_to_do(folder: Path) -> None:
    value = orjson.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_bytes(orjson.dumps({**value, "format": 1}))

    with pytest.raises(RefusedError, match="format 1, which was not signed: publish it again"):
        Pack.open(folder)


def test_a_pack_without_a_signature_is_refused(folder: Path) -> None:
    (folder / "attestation.json").unlink()

    with pytest.raises(UntrustedError, match=r"is not signed: attestation.json is missing; publish it again"):
        Pack.open(folder)


def test_rows_changed_under_a_resealed_manifest_are_not_what_was_signed(folder: Path) -> None:
    path = folder / "exchanges.parquet"
    pq.write_table(pq.read_table(path).slice(0, 2), path)
    reseal(folder, sign=False)

    with pytest.raises(UntrustedError, match=r"other content \(manifest.json, exchanges.parquet\)"):
        Pack.open(folder)


def test_a_pack_that_calls_itself_anonymised_beside_its_certificate_is_refused(folder: Path) -> None:
    reseal(folder, anonymised=True)

    with pytest.raises(NotSafeError, match="belongs to another trace"):
        Pack.open(folder)


def test_a_pack_signed_by_a_stranger_names_the_key(folder: Path) -> None:
    manifest, stranger = Manifest.read(folder), SigningKey.new()
    attest_published(PACK, folder, manifest, Certificate.read(folder / "certificate.json"), stranger)

    with pytest.raises(UntrustedError, match=f"signed by the key {stranger.public.fingerprint}, which is not trusted"):
        Pack.open(folder)
    assert Pack.open(folder, (TrustedKey(stranger.public, "stranger.pub"),)).signers[0].name == "stranger.pub"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    exchanges = [an_exchange(f"e{n}", a_request("GET", f"/v1/a/{n}"), a_response(json={"n": n})) for n in range(3)]
    return make_pack(tmp_path_factory.mktemp("finished"), exchanges).folder


@given(st.sampled_from((*FILES, "manifest.json")), st.randoms(use_true_random=False), st.integers(1, 255))
@settings(max_examples=60)
def test_no_byte_of_any_file_can_change(finished: Path, name: str, random: Random, flip: int) -> None:
    file = finished / name
    content = file.read_bytes()
    at = random.randrange(len(content))
    try:
        file.write_bytes(content[:at] + bytes([content[at] ^ flip]) + content[at + 1 :])
        with pytest.raises((RefusedError, UsageError)):
            Pack.open(finished)
    finally:
        file.write_bytes(content)


@given(st.randoms(use_true_random=False), st.integers(1, 255))
@settings(max_examples=100)
def test_an_altered_attestation_is_refused_or_still_the_same_signature(
    finished: Path, random: Random, flip: int
) -> None:
    """JSON leaves room: a byte of white space, or the name of the key, is not signed and need not be."""
    file = finished / "attestation.json"
    content, signers = file.read_bytes(), Pack.open(finished).signers
    at = random.randrange(len(content))
    try:
        file.write_bytes(content[:at] + bytes([content[at] ^ flip]) + content[at + 1 :])
        assert Pack.open(finished).signers == signers
    except UntrustedError:
        pass
    finally:
        file.write_bytes(content)
