"""Publishing: what a pack holds, and that it is the same every time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from smartsandbox.packs.certificate import write_certified
from smartsandbox.packs.errors import NotSafeError, UntrustedError, UsageError
from smartsandbox.packs.model import Exchange, FailureKind
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.publish import Draft, publish_pack
from smartsandbox.packs.signing import SigningKey
from smartsandbox.packs.testing import a_request, a_response, an_exchange, certified_trace, make_pack


def traffic() -> list[Exchange]:
    answers = [
        an_exchange(f"e{n}", a_request("GET", f"/v1/a/acct_{n % 3}x99"), a_response(json={"n": n // 6}), at_us=n * 1000)
        for n in range(12)
    ]
    return [
        *answers,
        an_exchange("lost", a_request("POST", "/v1/a", json={"x": 1}), at_us=12_500, failure=FailureKind.RESET),
    ]


def test_rows_are_in_order_from_offset_zero(tmp_path: Path) -> None:
    rows = make_pack(tmp_path, reversed(traffic())).table("exchanges").to_pylist()

    assert [row["offset_us"] for row in rows] == [*range(0, 12_000, 1000), 12_500]
    assert rows[-1]["failure"] == "reset"
    assert rows[-1]["status"] is None


def test_equal_requests_are_numbered_in_order(tmp_path: Path) -> None:
    rows = make_pack(tmp_path, traffic()).table("exchanges").to_pylist()

    assert [row["occurrence"] for row in rows] == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0]


def test_a_body_is_stored_once(tmp_path: Path) -> None:
    pack = make_pack(tmp_path, traffic())

    assert sorted(pack.bodies().values()) == [b'{"n":0}', b'{"n":1}', b'{"x":1}']
    assert list(pack.bodies()) == sorted(pack.bodies())


def test_a_template_keeps_its_window_and_counts_the_rest(tmp_path: Path) -> None:
    safe = certified_trace(tmp_path / "t", traffic())

    manifest = publish_pack(safe, Draft("sample", "high-error"), tmp_path / "p")

    assert manifest.ledger["seen"] == 13
    assert manifest.ledger["kept"] == manifest.counts["exchanges"] < 13
    assert manifest.counts["errors"] == 1
    assert Pack.open(tmp_path / "p").table("exchanges")["offset_us"][0].as_py() == 0


def test_publishing_rechecks_the_certificate(tmp_path: Path) -> None:
    safe = certified_trace(tmp_path / "t", traffic())
    (tmp_path / "t" / "certificate.json").unlink()

    with pytest.raises(NotSafeError):
        publish_pack(safe, Draft("sample"), tmp_path / "p")

    assert not (tmp_path / "p").exists()


def test_a_trace_that_no_trusted_key_signed_is_not_published(tmp_path: Path) -> None:
    safe = certified_trace(tmp_path / "t", traffic())
    write_certified(tmp_path / "t", safe.certificate, SigningKey.new())

    with pytest.raises(UntrustedError, match="which is not trusted here"):
        publish_pack(safe, Draft("sample"), tmp_path / "p")

    assert not (tmp_path / "p").exists()


def test_only_the_attestation_depends_on_the_key(tmp_path: Path) -> None:
    safe = certified_trace(tmp_path / "t", traffic())
    for name in ("one", "two"):
        publish_pack(safe, Draft("sample"), tmp_path / name, signing=SigningKey.new())
    one, two = digests(tmp_path / "one"), digests(tmp_path / "two")

    assert [name for name in one if one[name] != two[name]] == ["attestation.json"]


@pytest.mark.parametrize("name", ["", "Sample", "../x", "a/b", "-a", "a" * 81])
def test_a_name_unfit_for_a_path_is_refused(tmp_path: Path, name: str) -> None:
    safe = certified_trace(tmp_path / "t", traffic())

    with pytest.raises(UsageError, match="pack name"):
        publish_pack(safe, Draft(name), tmp_path / "p")


def digests(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


def test_publishing_twice_gives_equal_bytes(tmp_path: Path) -> None:
    safe = certified_trace(tmp_path / "t", traffic())
    for name in ("one", "two"):
        publish_pack(safe, Draft("sample"), tmp_path / name)

    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_the_seed_and_the_name_are_part_of_the_digest(tmp_path: Path) -> None:
    safe = certified_trace(tmp_path / "t", traffic())
    drafts = [Draft("sample"), Draft("sample", seed=1), Draft("other"), Draft("sample", "peak")]

    made = {publish_pack(safe, draft, tmp_path / "p").digest for draft in drafts}

    assert len(made) == len(drafts)


PROGRAM = """
import sys
from pathlib import Path
from smartsandbox.packs.certificate import SafeTrace
from smartsandbox.packs.publish import Draft, publish_pack
print(publish_pack(SafeTrace.open(Path(sys.argv[1])), Draft("sample"), Path(sys.argv[2])).digest)
"""


@pytest.mark.slow
def test_two_processes_with_different_hash_seeds_publish_equal_bytes(tmp_path: Path) -> None:
    certified_trace(tmp_path / "t", traffic())
    printed = []
    for seed in ("1", "2"):
        command = [sys.executable, "-c", PROGRAM, str(tmp_path / "t"), str(tmp_path / seed)]
        done = subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True)
        printed.append(done.stdout)

    assert printed[0] == printed[1]
    assert digests(tmp_path / "1") == digests(tmp_path / "2")
