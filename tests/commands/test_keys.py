"""The keys of a seat, from the command line: made, shown, trusted, changed; and what a seat without them refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartsandbox.cli import run
from smartsandbox.packs.keyring import own_key
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack


@pytest.fixture(autouse=True)
def seat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A settings folder of this test's own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "seat"))


def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    """Move to another seat."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / name))


def a_pack(folder: Path) -> str:
    return str(make_pack(folder, [an_exchange("e", a_request(), a_response())]).folder)


def test_the_public_half_goes_to_standard_output_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["keys", "show"]) == 0
    shown = capsys.readouterr()

    assert shown.out == own_key().public.pem
    assert "PRIVATE" not in shown.out + shown.err
    assert f"Ed25519 key {own_key().public.fingerprint} at" in shown.err


def test_a_pack_of_another_seat_opens_once_its_key_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pack, key = a_pack(tmp_path), own_key().public
    assert run(["keys", "show", "--out", str(tmp_path / "publisher.pub")]) == 0
    elsewhere(monkeypatch, tmp_path, "ci")
    capsys.readouterr()

    assert run(["packs", "verify", pack]) == 4
    refused = capsys.readouterr().err
    assert f"is signed by the key {key.fingerprint}, which is not trusted here" in refused
    assert refused.count("\n") == 1
    assert run(["keys", "trust", str(tmp_path / "publisher.pub")]) == 0
    assert run(["packs", "verify", pack]) == 0
    assert f"signature    Ed25519 key {key.fingerprint}, trusted as publisher.pub" in capsys.readouterr().out
    assert not (tmp_path / "ci" / "smartsandbox" / "signing-key.pem").exists()


@pytest.mark.parametrize("by", ["name", "file", "fingerprint", "beginning"])
def test_what_a_key_signed_is_refused_again_once_the_key_is_not_trusted(
    by: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pack, key = a_pack(tmp_path), own_key().public.fingerprint
    run(["keys", "show", "--out", str(tmp_path / "publisher.pub")])
    run(["keys", "show", "--out", str(tmp_path / "again.pub")])
    elsewhere(monkeypatch, tmp_path, "ci")
    for file in ("publisher.pub", "again.pub"):
        assert run(["keys", "trust", str(tmp_path / file)]) == 0
    named = {"name": "publisher", "file": "again.pub", "fingerprint": key, "beginning": key[:8]}[by]
    capsys.readouterr()

    assert run(["keys", "untrust", named]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"removed again.pub: Ed25519 key {key}",
        f"removed publisher.pub: Ed25519 key {key}",
        "what only this key signed does not open here any more",
    ]
    assert run(["packs", "verify", pack]) == 4


def test_only_a_key_that_has_a_file_is_not_trusted_any_more(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = own_key().public.fingerprint
    assert run(["keys", "untrust", own]) == 2
    assert "is this seat's own key, always trusted here" in capsys.readouterr().err
    assert run(["keys", "untrust", own[:7]]) == 2
    assert "no key in" in capsys.readouterr().err
    run(["keys", "show", "--out", str(tmp_path / "me.pub")])
    run(["keys", "trust", str(tmp_path / "me.pub")])
    capsys.readouterr()
    assert run(["keys", "untrust", "me"]) == 0
    assert "it is this seat's own key too, which is always trusted here" in capsys.readouterr().out


def test_a_seat_names_its_trusted_keys_and_says_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["keys", "list"])
    assert "no key is trusted here" in capsys.readouterr().out
    fingerprint = own_key().public.fingerprint
    run(["keys", "new"])
    capsys.readouterr()
    run(["keys", "list"])

    listed = capsys.readouterr().out.splitlines()
    assert listed == [
        f"{own_key().public.fingerprint}  own signing key",
        f"{fingerprint}  retired-{fingerprint[:16]}.pub",
    ]


def test_what_the_old_key_signed_opens_after_a_new_one_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = a_pack(tmp_path)

    assert run(["keys", "new"]) == 0
    assert "its public half stays trusted" in capsys.readouterr().out
    assert run(["packs", "verify", pack]) == 0


def test_a_file_that_is_no_public_key_is_the_users_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own_key()
    (tmp_path / "x").write_text("no key")

    assert run(["keys", "trust", str(tmp_path / "x")]) == 2
    assert run(["keys", "trust", str(tmp_path / "seat/smartsandbox/signing-key.pem")]) == 2
    assert run(["keys", "trust", str(tmp_path / "nowhere")]) == 2
    errors = capsys.readouterr().err
    assert "is not a public key in PEM" in errors
    assert "holds a private key: give its public half" in errors


def test_an_open_signing_key_is_refused_with_the_command_that_mends_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack, key = a_pack(tmp_path), tmp_path / "seat/smartsandbox/signing-key.pem"
    key.chmod(0o644)

    assert run(["packs", "verify", pack]) == 4
    assert f"chmod 600 {key}" in capsys.readouterr().err
