"""The events file."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.serve.events.declared import Declared, read_events

ENVIRONMENT = {"SECRET": "s3cret"}


def read(folder: Path, text: str) -> tuple[Declared, ...]:
    file = folder / "events.yaml"
    file.write_text(text)
    return read_events(file, ENVIRONMENT)


def test_an_entry_says_what_is_announced_when_and_how(tmp_path: Path) -> None:
    (plain, full) = read(
        tmp_path,
        """
- {endpoint: POST /pay, body: answer.id}
- endpoint: POST /pay
  status: 202
  after: 1.5m
  path: /hooks/a%20b
  body: '{"id": answer.id, "by": request.headers["x-by"]}'
  headers: {X-Kind: settled}
  sign: {hmac: 'header:x-signature', scheme: hex, key: SECRET}
""",
    )

    assert (plain.after_us, plain.path, plain.headers, plain.signer) == (0, "", (), None)
    assert [plain.announced_by(status) for status in (199, 200, 299, 300, 503)] == [False, True, True, False, False]
    assert [full.announced_by(status) for status in (200, 202)] == [False, True]
    assert (full.after_us, full.path, full.headers) == (90_000_000, "/hooks/a%20b", (("X-Kind", "settled"),))
    assert full.body.headers == {b"x-by"}
    assert full.signer is not None
    assert "s3cret" not in repr(full)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{endpoint: POST /pay}", "entry 1: it has endpoint and body"),
        ("{endpoint: POST /pay, body: '1', to: http://a}", "entry 1: it has endpoint and body"),
        ("{endpoint: POST /pay, body: 1}", "body an expression in quotes"),
        ("{endpoint: POST /pay, body: '1', status: x}", "status is one from 100 to 599"),
        ("{endpoint: POST /pay, body: '1', after: 2 weeks}", "after is a number of ms, s, m, h or d"),
        ("{endpoint: POST /pay, body: '1', path: hooks}", "path is one such as"),
        ('{endpoint: POST /pay, body: "1", path: "/a\\r\\nX: 1"}', "path is one such as"),
        ("{endpoint: POST /pay, body: '1', headers: {Host: a}}", "the server's own"),
        ("{endpoint: POST /pay, body: '1', headers: {X-Sandbox: a}}", "the server's own"),
        ('{endpoint: POST /pay, body: "1", headers: {X-A: "1\\nX-B: 2"}}', "no text of one line"),
        ("{endpoint: POST /pay, body: unknown.id}", "names unknown; known are answer, now, recorded"),
        (
            "{endpoint: POST /pay, body: '1', sign: {hmac: 'header:a', scheme: hex, key: GONE}}",
            "variable GONE, which is not set",
        ),
        ("{endpoint: POST /pay, body: '1', sign: {hmac: 'cookie:a', scheme: hex, key: SECRET}}", "hmac names a header"),
        ("{endpoint: POST /pay, body: '1', sign: x}", "sign is not a mapping"),
    ],
)
def test_a_wrong_entry_is_said_in_one_line(tmp_path: Path, entry: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        read(tmp_path, f"[{entry}]")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("text", "said"), [("{}", "must be a list"), ("[", "not YAML")])
def test_a_file_of_another_kind_is_said_so(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read(tmp_path, text)
    with pytest.raises(UsageError, match="No such file"):
        read_events(tmp_path / "none.yaml", ENVIRONMENT)
