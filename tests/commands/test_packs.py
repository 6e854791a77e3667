"""What `packs verify` and `packs certificate` print, and what they refuse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from smartsandbox.cli import run
from smartsandbox.packs.certificate import SafeTrace, Verdict, write_certified
from smartsandbox.packs.keyring import own_key
from smartsandbox.packs.publish import Draft, publish_pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, certified_trace, hand_made_verdicts

WAIVED = Verdict("extra", "inference", False, "2 sessions", {"m": 2}, {}, told=False, waiver="too few people to try")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    safe = certified_trace(tmp_path / "t", [an_exchange("e", a_request(), a_response())])
    certificate = replace(safe.certificate, anonymised=True, verdicts=(*hand_made_verdicts(), WAIVED))
    write_certified(tmp_path / "t", certificate)
    publish_pack(SafeTrace.open(tmp_path / "t"), Draft("sample"), tmp_path / "pack")
    return tmp_path / "pack"


def test_verifying_prints_signature_digest_and_each_check_with_its_bound(
    pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["packs", "verify", str(pack)]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert lines[0].startswith("verified sample@")
    assert f"  signature    Ed25519 key {own_key().public.fingerprint}, trusted as own signing key" in lines
    assert "    passed  k-anonymity (k 5): hand-made: nothing was checked" in lines
    assert "    not told  extra (m 2): 2 sessions" in lines
    assert "    not told, accepted by the policy: too few people to try (extra)" in lines


@pytest.mark.parametrize(
    ("wanted", "code", "words"),
    [
        ("k=5", 0, "required     k at least 5: met"),
        ("k=6", 4, "required k at least 6, but the check k-anonymity was judged at k 5"),
        ("l=2", 4, "no check of the certificate has a bound l"),
        ("m=2", 4, "the check extra did not pass"),
        ("k", 2, "'' is no number"),
        ("k=nan", 2, "'nan' is no number"),
        ("q=1", 2, "give one of k, l, m, risk, t, suppression_limit"),
    ],
)
def test_a_bound_can_be_insisted_on(
    pack: Path, capsys: pytest.CaptureFixture[str], wanted: str, code: int, words: str
) -> None:
    assert run(["packs", "verify", str(pack), "--require", wanted]) == code
    shown = capsys.readouterr()
    assert words in shown.out + shown.err


def test_the_certificate_is_printed_or_written_as_a_page(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["packs", "certificate", str(pack)]) == 0
    assert orjson.loads(capsys.readouterr().out)["verdicts"][-1]["waiver"] == "too few people to try"
    assert run(["packs", "certificate", str(pack), "--html", str(pack.parent / "new" / "page.html")]) == 0
    page = (pack.parent / "new" / "page.html").read_text()
    assert "Privacy certificate of sample@" in page
    assert own_key().public.fingerprint in page


def test_a_page_that_cannot_be_written_is_the_users_mistake(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["packs", "certificate", str(pack), "--html", str(pack / "manifest.json" / "x.html")]) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", [["serve", "--port", "0"], ["drive", "--target", "http://127.0.0.1:9"], ["explain", "--path", "/"]]
)
def test_an_unsigned_pack_is_not_served_driven_or_explained(
    pack: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    (pack / "attestation.json").unlink()

    assert run([command[0], str(pack), *command[1:]]) == 4
    assert (
        capsys.readouterr().err == f"error: pack {pack} is not signed: attestation.json is missing; publish it again\n"
    )
