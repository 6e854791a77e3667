"""The whole loop from a shell, command by command, and then a plain HTTP client that asks for every recorded answer."""

from __future__ import annotations

import gzip
import http.client
import json
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import brotli
import pyarrow.parquet as pq
import pytest
import zstandard

pytestmark = pytest.mark.slow

SMARTSANDBOX = str(Path(sys.executable).with_name("smartsandbox"))
FRAMING = {"content-length", "transfer-encoding", "connection", "host", "keep-alive", "expect", "te", "upgrade"}
BODILESS = {204, 304}
LOOSE = ("--lateness-bound", "10000")
"""Of 48 requests the last hundredth is the latest: a pause of a busy machine would say nothing of the driver."""


def smartsandbox(*arguments: str | Path, code: int = 0) -> str:
    command = [SMARTSANDBOX, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == code, done.stderr + done.stdout
    return done.stdout + done.stderr


@contextmanager
def served(*arguments: str | Path) -> Iterator[int]:
    """Run `smartsandbox serve` on a free port until the block ends; yields the port it printed."""
    command = [SMARTSANDBOX, "serve", *map(str, arguments), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            assert server.stdout is not None
            line = next(line for line in server.stdout if "http://127.0.0.1:" in line)
            yield int(line.partition("http://127.0.0.1:")[2].split()[0].rstrip("/"))
        finally:
            server.terminate()
            assert server.wait(20) == 0


def decoded(headers: http.client.HTTPMessage, body: bytes) -> bytes:
    for coding in reversed([c.strip() for c in (headers.get("Content-Encoding") or "").split(",") if c.strip()]):
        if coding == "gzip":
            body = gzip.decompress(body)
        elif coding == "deflate":
            body = zlib.decompress(body)
        elif coding == "br":
            body = brotli.decompress(body)
        elif coding == "zstd":
            body = zstandard.ZstdDecompressor().decompressobj().decompress(body)
        else:
            assert coding == "identity"
    return body


def ask(port: int, row: dict[str, Any], bodies: dict[str, bytes]) -> tuple[int, str, bytes]:
    """Status, content type and decoded body of a recorded request, asked on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    target = row["path"] + (f"?{row['query']}" if row["query"] else "")
    try:
        connection.putrequest(row["method"], target, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", row["host"])
        for item in row["request_headers"]:
            if item["name"].lower() not in FRAMING:
                connection.putheader(item["name"], item["value"].encode("utf-8"))
        body = bodies.get(row["request_body"] or "", b"")
        if body or row["method"] in ("POST", "PUT", "PATCH"):
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Content-Type") or "", decoded(answer.headers, answer.read())
    finally:
        connection.close()


def recorded(row: dict[str, Any], bodies: dict[str, bytes]) -> tuple[int, str, bytes]:
    kinds = [h["value"] for h in row["response_headers"] if h["name"].lower() == "content-type"]
    body = bodies.get(row["response_body"] or "", b"")
    silent = row["method"] == "HEAD" or row["status"] in BODILESS
    return row["status"], ", ".join(kinds), b"" if silent else body


def outcome(port: int, row: dict[str, Any], bodies: dict[str, bytes]) -> tuple[int, str, bytes] | str:
    """The answer, or "failed" where no complete answer came."""
    try:
        return ask(port, row, bodies)
    except (ConnectionError, http.client.HTTPException):
        return "failed"


def check_every_answer(pack: Path, port: int) -> int:
    """Ask for everything in the pack's order; how many complete answers were compared."""
    rows = pq.read_table(pack / "exchanges.parquet").to_pylist()
    table = pq.read_table(pack / "bodies.parquet")
    bodies = dict(zip(table["hash"].to_pylist(), table["content"].to_pylist(), strict=True))
    rows = [row for row in rows if row["method"] != "CONNECT" and (row["status"] or 200) >= 200]
    wanted = ["failed" if row["failure"] else recorded(row, bodies) for row in rows]
    wrong = [row["id"] for row, answer in zip(rows, wanted, strict=True) if outcome(port, row, bodies) != answer]
    assert wrong == [], f"{len(wrong)} of {len(rows)} answers differ"
    return len(rows) - wanted.count("failed")


def through(tmp_path: Path, *captures: Path, stated: tuple[str, ...] = ()) -> Path:
    """Import to publish with the drafted policy; the folder of the pack. `stated` goes into the draft."""
    raw, safe, policy = tmp_path / "raw", tmp_path / "safe", tmp_path / "policy.yaml"
    smartsandbox("import", *captures, "--out", raw)
    smartsandbox("anonymize", raw, "--suggest", *stated, "--policy", policy)
    smartsandbox("anonymize", raw, "--policy", policy, "--out", safe)
    smartsandbox("publish", safe, "--name", "orders", "--store", tmp_path / "store")
    smartsandbox("packs", "verify", "orders", "--store", tmp_path / "store")
    return next((tmp_path / "store" / "packs" / "orders").iterdir())


def test_a_har_goes_from_import_to_served_and_driven(
    tmp_path: Path, shop_har: str, shoppers: list[tuple[str, str, str]]
) -> None:
    (tmp_path / "shop.har").write_text(shop_har)
    (tmp_path / "broken.har").write_text(shop_har[:-200])

    said = smartsandbox("import", tmp_path / "shop.har", tmp_path / "broken.har", "--out", tmp_path / "probe")
    assert "broken.har" in said
    pack = through(tmp_path, tmp_path / "shop.har")

    published = b"".join(file.read_bytes() for file in sorted((tmp_path / "store").rglob("*")) if file.is_file())
    values = published + b"".join(pq.read_table(pack / "bodies.parquet")["content"].to_pylist())
    for customer, name, email in shoppers:
        for original in (customer, name, email, name.split()[0], name.split()[1]):
            assert original.encode() not in values

    with served(pack, "--latency", "none") as port:
        assert check_every_answer(pack, port) == 48
        report = tmp_path / "report.json"
        smartsandbox("drive", pack, "--target", f"http://127.0.0.1:{port}", "--speed", "4", "--json", report, *LOOSE)
        assert json.loads(report.read_text())["format"] == 1


def test_a_foreign_target_is_refused(tmp_path: Path, shop_har: str) -> None:
    (tmp_path / "shop.har").write_text(shop_har)
    pack = through(tmp_path, tmp_path / "shop.har")

    said = smartsandbox("drive", pack, "--target", "https://api.shop.test", code=4)

    assert said.startswith("error:")


def test_nothing_readable_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "broken.har").write_text('{"log": {"entries": [')

    said = smartsandbox("import", tmp_path / "broken.har", "--out", tmp_path / "raw", code=2)

    assert "broken.har" in said
    assert not (tmp_path / "raw").exists()


@pytest.mark.parametrize(
    "name",
    [
        "cassettes/pay-rails",
        "cassettes/spree_stripe",
        "cassettes/slack-ruby-client",
        "har/polly-graph-jumpcloud",
        "har/mitmproxy",
        "mitm",
    ],
)
def test_a_real_capture_is_served_as_recorded(tmp_path: Path, captures_dir: Path, name: str) -> None:
    pack = through(tmp_path, captures_dir / name, stated=("--test-accounts", "recordings of others' tests"))

    with served(pack, "--latency", "none") as port:
        assert check_every_answer(pack, port) > 0
