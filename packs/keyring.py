"""Where keys live: the one that this seat signs with, and the public ones that it trusts.

    SMARTSANDBOX_SIGNING_KEY    a PEM file; else CONFIG/signing-key.pem, made on first use
    SMARTSANDBOX_TRUSTED_KEYS   a folder of *.pub files, or one file; else CONFIG/trusted/

CONFIG is $XDG_CONFIG_HOME/smartsandbox, else ~/.config/smartsandbox. The public half of the own key is always
trusted. No key is ever taken from a store: whoever can write packs there could write a key beside them.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.signing import PublicKey, SigningKey

SIGNING_VARIABLE = "SMARTSANDBOX_SIGNING_KEY"
TRUSTED_VARIABLE = "SMARTSANDBOX_TRUSTED_KEYS"
OWN = "own signing key"
_SHORTEST = 8
"""Characters of a fingerprint that may stand for the whole."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key whose signatures are taken, and the name that this seat knows it by: OWN or its file's."""

    key: PublicKey
    name: str

    @property
    def fingerprint(self) -> str:
        """The key's fingerprint."""
        return self.key.fingerprint


Trusted = tuple[TrustedKey, ...]


def config_folder() -> Path:
    """This user's settings of this program."""
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return Path(base) / "smartsandbox"


def signing_key_file() -> Path:
    """Where the own signing key is, or will be."""
    named = os.environ.get(SIGNING_VARIABLE)
    return Path(named) if named else config_folder() / "signing-key.pem"


def trusted_place() -> Path:
    """The folder of public keys, or the one file that a setting names."""
    named = os.environ.get(TRUSTED_VARIABLE)
    return Path(named) if named else config_folder() / "trusted"


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def own_key(announce: Callable[[str], None] = _say) -> SigningKey:
    """The key to sign with, made on first use and announced in one line.

    Raises UsageError if a setting names a file that is not there: a mistyped name must not make a second key.
    """
    file = signing_key_file()
    if not file.exists():
        if os.environ.get(SIGNING_VARIABLE):
            raise UsageError(
                f"{SIGNING_VARIABLE} names {file}, which is not there: `smartsandbox keys new` makes a key in its place"
            )
        made = _place(SigningKey.new(), file)
        if made:
            announce(f"made a signing key for this seat at {file}; `smartsandbox keys show` prints its public half")
    return SigningKey.read(file)


def new_key() -> tuple[SigningKey, Path | None]:
    """Make a key and sign with it from now on. The old one's private half is gone; its public half stays trusted, in
    the file that is returned, so that what it signed still opens.

    Raises UsageError where the old one cannot be kept among the trusted keys.
    """
    file = signing_key_file()
    kept = None
    if file.exists():
        old = SigningKey.read(file).public
        kept = _add(old, f"retired-{old.fingerprint[:16]}")
    made, aside = SigningKey.new(), file.with_name(f"{file.name}.{os.getpid()}.new")
    aside.unlink(missing_ok=True)
    _place(made, aside)
    aside.replace(file)
    return made, kept


def trust(file: Path) -> tuple[PublicKey, Path]:
    """Copy a public key among the trusted ones, under its file's name; where it stands now. Raises UsageError."""
    key = PublicKey.read(file)
    return key, _add(key, file.stem if _NAME.fullmatch(file.stem) else key.fingerprint)


def untrust(name: str) -> tuple[TrustedKey, ...]:
    """Stop taking the signatures of a key, named by its fingerprint, the beginning of that, or its file; what went.

    Every file that holds the key goes. Raises UsageError where the name fits no key that has a file, or several.
    """
    place = trusted_place()
    if place.exists() and not place.is_dir():
        raise UsageError(f"{TRUSTED_VARIABLE} names the file {place}: take the key out of it, or name another file")
    files = {file: PublicKey.read(file) for file in _files()}
    meant = {key.fingerprint for file, key in files.items() if name in (file.name, file.stem)} or {
        key.fingerprint for key in files.values() if len(name) >= _SHORTEST and key.fingerprint.startswith(name)
    }
    if not meant and _is_own(name):
        raise UsageError(f"{name!r} is this seat's own key, always trusted here: `smartsandbox keys new` replaces it")
    if len(meant) != 1:
        known = f"{len(meant)} keys in {place} are" if meant else f"no key in {place} is"
        raise UsageError(f"{known} named {name!r}: `smartsandbox keys list` shows fingerprints and names")
    return tuple(_removed(file, key) for file, key in files.items() if key.fingerprint in meant)


def _is_own(name: str) -> bool:
    own = signing_key_file()
    return own.exists() and len(name) >= _SHORTEST and SigningKey.read(own).public.fingerprint.startswith(name)


def _removed(file: Path, key: PublicKey) -> TrustedKey:
    try:
        file.unlink()
    except OSError as error:
        raise UsageError(f"trusted key {file} cannot be removed: {error.strerror}") from error
    return TrustedKey(key, file.name)


def trusted_keys() -> Trusted:
    """Every key whose signatures are taken here, once: the own one if there is one, then the others by file name.

    Raises UsageError for a file that is no public key: a broken setting is said, not passed over.
    """
    own = signing_key_file()
    mine = (TrustedKey(SigningKey.read(own).public, OWN),) if own.exists() else ()
    found = (*mine, *(TrustedKey(PublicKey.read(file), file.name) for file in _files()))
    return tuple({one.fingerprint: one for one in reversed(found)}.values())[::-1]


def _files() -> Iterator[Path]:
    place = trusted_place()
    if place.is_dir():
        yield from sorted(place.glob("*.pub"))
    elif place.exists():
        yield place
    elif os.environ.get(TRUSTED_VARIABLE):
        raise UsageError(
            f"{TRUSTED_VARIABLE} names {place}, which is not there: give a folder of *.pub files or one file"
        )


def _add(key: PublicKey, name: str) -> Path:
    place = trusted_place()
    if place.exists() and not place.is_dir():
        raise UsageError(f"{TRUSTED_VARIABLE} names the file {place}: give a folder to keep more keys than one")
    file = place / f"{name}.pub"
    if file.exists() and PublicKey.read(file) != key:
        raise UsageError(f"{file} holds another key already: give this one another file name")
    try:
        place.mkdir(parents=True, exist_ok=True)
        file.write_text(key.pem, "ascii")
    except OSError as error:
        raise UsageError(f"trusted key {file} cannot be written: {error.strerror}") from error
    return file


def _place(key: SigningKey, file: Path) -> bool:
    """Put a key at a path where there is none; False if another process was first. Readers see a whole file."""
    aside = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside.unlink(missing_ok=True)
        key.write(aside)
        try:
            os.link(aside, file)
        finally:
            aside.unlink()
    except FileExistsError:
        return False
    except OSError as error:
        raise UsageError(f"signing key {file} cannot be written: {error.strerror}") from error
    return True
