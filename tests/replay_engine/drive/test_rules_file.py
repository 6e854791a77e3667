"""Rules files: what is read, and the one line that a mistake gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.drive.judging.rules import Keep, Rule, Rules
from smartsandbox.replay_engine.drive.rules_file import noise_text, read_rules

ENVIRONMENT = {"SECRET": "a secret of at least 32 bytes, for HS256"}
LOGIN = "method: POST, path: /t, token: /t, into: 'cookie:sid'"


def read(folder: Path, text: str) -> object:
    file = folder / "r.yaml"
    file.write_text(text)
    return read_rules(file, ENVIRONMENT)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    rules = Rules.of(
        [
            Rule("GET /a", "/x", Keep.REGEX, pattern=r"a\d+", cause="counter", seen=1, of=2),
            Rule("GET /a", "", Keep.WITHIN, tolerance=0.02, cause="jitter", seen=2, of=2),
            Rule("*", "header:x-id", Keep.IGNORE, cause="not always there", seen=1, of=9),
        ]
    )
    (tmp_path / "r.yaml").write_text(noise_text(rules, 2))

    assert read_rules(tmp_path / "r.yaml", {}).noise == rules


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("format: 2", "wanted is format: 1"),
        ("a: [", "line 1: not YAML"),
        ("- 1", "wanted is format: 1"),
        ("format: 1\nnoise: 5", "noise is a list"),
        ("format: 1\nnoise: [5]", "noise entry 1 is not a mapping"),
        ("format: 1\nnoise: [{endpoint: GET /, at: /a}]", "'rule' is missing"),
        ("format: 1\nnoise: [{endpoint: GET /, at: /a, rule: mask}]", "rule is one of ignore, type"),
        ("format: 1\nnoise: [{endpoint: GET /, at: /a, rule: within}]", "within takes a tolerance"),
        ("format: 1\nnoise: [{endpoint: GET /, at: /a, rule: within, tolerance: -1}]", "a share of 1"),
        ("format: 1\nnoise: [{endpoint: GET /, at: /a, rule: regex, pattern: '('}]", "not a regular expression"),
        ("format: 1\nnoise: [{endpoint: GET /, at: /a, rule: type, why: x}]", "'why' is not known"),
        ("format: 1\nsign: [{jwt: body, algorithm: HS256, key: SECRET}]", "jwt is a place such as"),
        ("format: 1\nsign: [{jwt: 'header:a', algorithm: RS256, key: SECRET}]", "does not sign by RS256"),
        ("format: 1\nsign: [{jwt: 'header:a', algorithm: HS256, key: NONE}]", "variable NONE, which is not set"),
        ("format: 1\nsign: [{hmac: 'cookie:a', scheme: github, key: SECRET}]", "hmac names a header"),
        ("format: 1\nsign: [{hmac: 'header:a', scheme: other, key: SECRET}]", "scheme is one of stripe, github"),
        (f"format: 1\nlogin: [{{{LOGIN}, body: '${{NONE}}'}}]", "variable NONE, which is not set"),
        (f"format: 1\nlogin: [{{{LOGIN}, headers: 5}}]", "headers are names with values"),
        ("format: 1\nlogin: [{method: POST, path: t, token: /t, into: 'cookie:s'}]", "path is one such as"),
    ],
)
def test_a_mistake_gives_one_line_without_a_secret(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, text)

    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert ENVIRONMENT["SECRET"] not in str(caught.value)


def test_a_file_that_is_no_text_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not YAML"):
        read_rules(tmp_path / "r.yaml", {})
