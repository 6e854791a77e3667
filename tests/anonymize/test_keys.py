import pickle

import pytest

from smartsandbox.anonymize.keys import GivenKey, OsKeys, RunKey
from smartsandbox.packs.errors import UsageError


@pytest.mark.usefixtures("keys_of_the_system")
def test_every_key_from_the_operating_system_is_new() -> None:
    assert OsKeys().key().commitment != OsKeys().key().commitment


@pytest.mark.usefixtures("keys_of_the_system")
def test_a_given_key_is_marked_as_a_test_key_and_a_real_one_is_not() -> None:
    assert GivenKey("00" * 16).key().is_test
    assert not OsKeys().key().is_test


def test_a_key_shows_itself_nowhere_and_cannot_be_pickled() -> None:
    key = GivenKey("41" * 32).key()
    assert "41" not in repr(key)
    assert "A" not in repr(key)
    with pytest.raises(TypeError, match="never serialised"):
        pickle.dumps(key)


@pytest.mark.parametrize("text", ["", "zz", "00", "00" * 65])
def test_a_malformed_test_key_is_one_clear_error(text: str) -> None:
    with pytest.raises(UsageError, match=r"give 16 to 64|hexadecimal"):
        GivenKey(text).key()


def test_domains_values_and_attempts_draw_apart() -> None:
    key = RunKey(b"k" * 32)
    assert len({key.prf("a", "x"), key.prf("b", "x"), key.prf("a", "y"), key.prf("a", "x", 1)}) == 4
