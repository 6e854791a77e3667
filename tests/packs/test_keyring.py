"""Where keys are found, made and trusted; each test has a settings folder of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.keyring import OWN, new_key, own_key, signing_key_file, trust, trusted_keys
from smartsandbox.packs.signing import SigningKey


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "smartsandbox"


def a_public_key(folder: Path, name: str = "ci.pub") -> tuple[SigningKey, Path]:
    key, file = SigningKey.new(), folder / name
    file.write_text(key.public.pem)
    return key, file


def test_the_own_key_is_made_once_and_said_once(home: Path) -> None:
    said: list[str] = []

    first, second = own_key(said.append), own_key(said.append)

    assert first == second
    file = home / "signing-key.pem"
    assert said == [f"made a signing key for this seat at {file}; `smartsandbox keys show` prints its public half"]
    assert [(one.key, one.name) for one in trusted_keys()] == [(first.public, OWN)]
    assert (home / "signing-key.pem").stat().st_mode & 0o777 == 0o600


def test_to_check_a_signature_makes_no_key(home: Path) -> None:
    assert trusted_keys() == ()
    assert not home.exists()


@pytest.mark.slow
def test_processes_that_start_together_make_one_key() -> None:
    """Processes of their own, not forks: a worker of the tests has threads, and a fork of it may never end."""
    program = "from smartsandbox.packs.keyring import own_key; print(own_key(lambda line: None).public.fingerprint)"
    started = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert len({process.communicate(timeout=60)[0] for process in started}) == 1
    assert [process.returncode for process in started] == [0] * 4


def test_a_setting_that_names_a_missing_key_makes_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMARTSANDBOX_SIGNING_KEY", str(home / "typo.pem"))

    with pytest.raises(UsageError, match=r"SMARTSANDBOX_SIGNING_KEY names .*typo.pem, which is not there"):
        own_key()
    assert not home.exists()


def test_a_key_that_a_setting_names_is_the_own_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = SigningKey.new()
    key.write(tmp_path / "mine.pem")
    monkeypatch.setenv("SMARTSANDBOX_SIGNING_KEY", str(tmp_path / "mine.pem"))

    assert own_key() == key
    assert signing_key_file() == tmp_path / "mine.pem"


def test_a_trusted_key_is_known_by_its_file(tmp_path: Path, home: Path) -> None:
    key, file = a_public_key(tmp_path)

    assert trust(file) == (key.public, home / "trusted" / "ci.pub")
    assert trust(file) == (key.public, home / "trusted" / "ci.pub")
    assert [(one.fingerprint, one.name) for one in trusted_keys()] == [(key.public.fingerprint, "ci.pub")]


def test_a_key_that_is_there_twice_is_trusted_once_under_its_first_name(tmp_path: Path) -> None:
    own = own_key(lambda line: None).public
    for name in ("a.pub", "b.pub"):
        (tmp_path / name).write_text(own.pem)
        trust(tmp_path / name)

    assert [one.name for one in trusted_keys()] == [OWN]


def test_a_second_key_never_replaces_one_of_the_same_name(tmp_path: Path) -> None:
    first, file = a_public_key(tmp_path)
    trust(file)
    a_public_key(tmp_path)

    with pytest.raises(UsageError, match="holds another key already"):
        trust(file)
    assert [one.key for one in trusted_keys()] == [first.public]


def test_a_name_unfit_for_a_file_becomes_the_fingerprint(tmp_path: Path) -> None:
    key, file = a_public_key(tmp_path, "$(reboot).pub")

    assert trust(file)[1].name == f"{key.public.fingerprint}.pub"


def test_a_new_key_leaves_the_old_one_trusted(home: Path) -> None:
    old = own_key(lambda line: None)
    made, kept = new_key()

    assert own_key() == made
    assert made != old
    assert kept == home / "trusted" / f"retired-{old.public.fingerprint[:16]}.pub"
    assert [one.key for one in trusted_keys()] == [made.public, old.public]
    assert sorted(file.name for file in home.iterdir()) == ["signing-key.pem", "trusted"]


@pytest.mark.parametrize("one_file", [True, False])
def test_a_seat_that_only_verifies_names_a_file_or_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_file: bool
) -> None:
    key, file = a_public_key(tmp_path)
    (tmp_path / "notes.txt").write_text("no key, and not named as one")
    monkeypatch.setenv("SMARTSANDBOX_TRUSTED_KEYS", str(file if one_file else tmp_path))

    assert [one.key for one in trusted_keys()] == [key.public]


def test_a_trusted_key_that_cannot_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad.pub").write_text("no key")
    monkeypatch.setenv("SMARTSANDBOX_TRUSTED_KEYS", str(tmp_path))
    with pytest.raises(UsageError, match=r"bad.pub is not a public key"):
        trusted_keys()
    monkeypatch.setenv("SMARTSANDBOX_TRUSTED_KEYS", str(tmp_path / "nowhere"))
    with pytest.raises(UsageError, match="which is not there"):
        trusted_keys()


def test_one_file_cannot_hold_a_second_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, file = a_public_key(tmp_path)
    monkeypatch.setenv("SMARTSANDBOX_TRUSTED_KEYS", str(file))
    own_key(lambda line: None)

    with pytest.raises(UsageError, match="give a folder to keep more keys than one"):
        new_key()
