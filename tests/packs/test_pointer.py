from __future__ import annotations

import pytest

from smartsandbox.packs.pointer import escaped


@pytest.mark.parametrize(("key", "token"), [("a/b", "a~1b"), ("m~n", "m~0n"), ("~1", "~01"), ("", ""), ("c%d", "c%d")])
def test_a_key_is_written_as_rfc_6901_asks(key: str, token: str) -> None:
    assert escaped(key) == token
