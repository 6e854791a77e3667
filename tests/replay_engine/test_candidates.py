"""The refinement ladder: session, else credential, then host."""

from pathlib import Path

import pytest

from smartsandbox.packs.key import credential_digest
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.candidates import Callers, Ladder
from smartsandbox.replay_engine.index import KeyIndex
from smartsandbox.replay_engine.rows import Rows

ALICE, BOB = credential_digest("alice"), credential_digest("bob")


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    table = [
        ("e0", "s1", "alice", "one.test"),
        ("e1", "s1", "alice", "two.test"),
        ("e2", "s2", "bob", "one.test"),
        ("e3", "s3", None, "one.test"),
        ("e4", "s4", "bob", "two.test"),
    ]
    exchanges = [
        an_exchange(
            name,
            a_request(headers=(("X-Api-Key", key),) if key else (), host=host),
            a_response(),
            session=session,
            at_us=at,
        )
        for at, (name, session, key, host) in enumerate(table)
    ]
    folder: Path = tmp_path_factory.mktemp("ladder")
    return Rows.load(make_pack(folder, exchanges))


@pytest.mark.parametrize(
    ("session", "credential", "host", "expected"),
    [
        ("s1", None, None, [0, 1]),
        ("s1", BOB, None, [0, 1]),
        ("s1", None, "two.test", [1]),
        ("s2", None, "two.test", [2]),
        ("mine", ALICE, None, [0, 1]),
        (None, BOB, None, [2, 4]),
        (None, BOB, "two.test", [4]),
        (None, None, None, [3]),
        (None, credential_digest("a tester's own"), None, [0, 1, 2, 4]),
        (None, credential_digest("a tester's own"), "one.test", [0, 2]),
        (None, credential_digest("a tester's own"), "localhost:80", [0, 1, 2, 4]),
    ],
)
def test_each_caller_gets_the_rows_recorded_for_its_like(
    rows: Rows, session: str | None, credential: str | None, host: str | None, expected: list[int]
) -> None:
    caller = Callers(rows).of(session, credential, host)
    assert Ladder(rows, KeyIndex.build(rows.key)).narrow(0, caller).rows == expected


def test_the_same_caller_gets_the_same_list_and_another_caller_another(rows: Rows) -> None:
    ladder, callers = Ladder(rows, KeyIndex.build(rows.key)), Callers(rows)
    alice = ladder.narrow(0, callers.of(None, ALICE, None))
    assert ladder.narrow(0, callers.of(None, ALICE, None)).serial == alice.serial
    assert ladder.narrow(0, callers.of(None, BOB, None)).serial != alice.serial
