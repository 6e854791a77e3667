"""Broken captures through the command line: each is imported and made safe, or refused in one line; nothing is lost."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from smartsandbox.cli import run
from smartsandbox.packs.certificate import SafeTrace
from smartsandbox.packs.trace import Trace

WHO = "quillon@oakmoor.co.uk"
DEEP = 10_000
PACKED = gzip.compress(json.dumps({"email": WHO}).encode(), mtime=0)


def har(folder: Path, body: bytes, content_type: str = "application/json", *headers: tuple[str, str]) -> Path:
    """A HAR file of one exchange whose answer is these bytes."""
    lines = [{"name": name, "value": value} for name, value in (("Content-Type", content_type), *headers)]
    content = {"mimeType": content_type, "encoding": "base64", "text": base64.b64encode(body).decode()}
    entry: dict[str, Any] = {
        "startedDateTime": "2026-03-02T10:00:00.000Z",
        "time": 1,
        "request": {"method": "GET", "url": "https://api.oakmoor.test/v1/things", "headers": []},
        "response": {"status": 200, "statusText": "OK", "headers": lines, "content": content},
    }
    path = folder / "one.har"
    path.write_text(json.dumps({"log": {"entries": [entry]}}))
    return path


def made_safe(folder: Path, capture: Path, capsys: pytest.CaptureFixture[str]) -> bytes:
    """Import a capture and anonymise it under its drafted policy; the body that was published."""
    raw, safe = folder / "raw", folder / "safe"
    assert run(["import", str(capture), "--out", str(raw)]) == 0
    drafted = ["anonymize", str(raw), "--suggest", "--policy", str(folder / "p.yaml"), "--out", str(safe)]
    assert run(drafted) == 0
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    assert WHO not in printed.out + printed.err
    opened = SafeTrace.open(safe)
    ledger = opened.certificate.ledger
    groups = ("kept", "dropped", "surrogated", "generalised", "retimed")
    assert ledger["leaves"] == sum(ledger.get(group, 0) for group in groups)
    assert Trace.open(raw).ledger["seen"] == opened.trace.count == 1
    (exchange,) = opened.trace.exchanges()
    assert exchange.response is not None
    return exchange.response.body


DROPPED = b""


@pytest.mark.parametrize(
    ("body", "content_type", "header"),
    [
        (PACKED[:-6], "application/json", ("Content-Encoding", "gzip")),
        (PACKED[:-6], "application/gzip", ("X-Kind", "archive")),
        (f'{{"email":"{WHO}","name":"caf\xe9"}}'.encode("latin-1"), "application/json; charset=utf-16", ("X-A", "1")),
        (f'{{"email":"\xff\xfe{WHO}"}}'.encode("latin-1"), "application/json", ("X-A", "1")),
        (f"caf\xe9 of {WHO}".encode("latin-1"), "text/plain; charset=punycode", ("X-A", "1")),
    ],
    ids=["gzip cut short", "an archive cut short", "a charset that lies", "no UTF-8", "a charset of no message"],
)
def test_a_body_that_cannot_be_read_is_dropped(
    body: bytes, content_type: str, header: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert made_safe(tmp_path, har(tmp_path, body, content_type, header), capsys) == DROPPED


def test_a_length_that_lies_is_not_published(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capture = har(tmp_path, json.dumps({"email": WHO}).encode(), "application/json", ("Content-Length", "7"))
    body = made_safe(tmp_path, capture, capsys)
    assert json.loads(body).keys() == {"email"}
    (exchange,) = SafeTrace.open(tmp_path / "safe").trace.exchanges()
    assert exchange.response is not None
    assert "content-length" not in {name.lower() for name, _ in exchange.response.headers}


def test_json_ten_thousand_deep_is_one_text_that_is_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deep = b'{"a":' * DEEP + json.dumps(WHO).encode() + b"}" * DEEP
    body = made_safe(tmp_path, har(tmp_path, deep), capsys)
    assert b"oakmoor" not in body
    assert len(body) < 1_000


def test_duplicate_keys_are_both_replaced_and_both_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = made_safe(tmp_path, har(tmp_path, b'{"email":"%s","email":"z@oakmoor.co.uk"}' % WHO.encode()), capsys)
    pairs = json.loads(body, object_pairs_hook=list)
    assert [key for key, _ in pairs] == ["email", "email"]
    assert len({value for _, value in pairs}) == 2
    assert b"oakmoor" not in body


def test_numbers_that_json_does_not_know_stay_and_the_rest_is_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = made_safe(tmp_path, har(tmp_path, b'{"email":"%s","n":NaN,"m":-Infinity}' % WHO.encode()), capsys)
    assert body.endswith(b'"n":NaN,"m":-Infinity}')
    assert b"oakmoor" not in body


@pytest.mark.slow
def test_a_body_of_a_hundred_megabytes_is_dropped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = b'{"email":"%s","filler":"' % WHO.encode() + b"x" * 100_000_000 + b'"}'
    assert made_safe(tmp_path, har(tmp_path, body), capsys) == DROPPED


@pytest.mark.slow
def test_a_compressed_body_that_would_fill_the_memory_is_dropped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bomb = gzip.compress(bytes(300_000_000), mtime=0)
    assert made_safe(tmp_path, har(tmp_path, bomb, "application/json", ("Content-Encoding", "gzip")), capsys) == DROPPED


CYCLIC = """http_interactions:
- &whole
  request: {method: get, uri: 'https://a.test/x', headers: {}, body: *whole}
  response: *whole
recorded_with: VCR
"""
LAUGHS = "\n".join(
    ["a: &a [x, x, x, x, x, x, x, x, x]"]
    + [f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in zip("abcdefghijkl", "bcdefghijklm", strict=True)]
    + ["http_interactions: *m", "recorded_with: VCR"]
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cyclic.yaml", CYCLIC.encode()),
        ("laughs.yaml", LAUGHS.encode()),
        ("deep.har", b'{"log":{"entries":' + b"[" * DEEP + b"]" * DEEP + b"}}"),
        ("cut.har.gz", gzip.compress(b'{"log":{"entries":[' + b" " * 5_000, mtime=0)[:-12]),
        ("cut.har", b'{"log":{"entries":[{"request":{"method":"GET"'),
        ("empty.har", b""),
        ("bytes.har", bytes(range(256))),
    ],
)
def test_a_capture_that_cannot_be_read_is_refused_in_one_line_and_leaves_nothing(
    name: str, content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    assert run(["import", str(tmp_path / name), "--out", str(tmp_path / "raw")]) == 2
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert not (tmp_path / "raw").exists()
    assert {path.name for path in tmp_path.iterdir()} == {name}


def test_a_cyclic_policy_is_refused_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capture = har(tmp_path, json.dumps({"email": WHO}).encode())
    assert run(["import", str(capture), "--out", str(tmp_path / "raw")]) == 0
    (tmp_path / "p.yaml").write_text("format: 1\nservice: shop\ndecisions: &all\n  again: *all\n")
    capsys.readouterr()
    refused = [
        "anonymize",
        str(tmp_path / "raw"),
        "--policy",
        str(tmp_path / "p.yaml"),
        "--out",
        str(tmp_path / "safe"),
    ]
    assert run(refused) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: policy {tmp_path}/p.yaml, line ")
    assert not (tmp_path / "safe").exists()
