"""The life of the run's key: after the graph ran, no byte of it stands in anything that the run left behind."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from smartsandbox.anonymize.keys import RunKey
from smartsandbox.packs.progress import Track
from smartsandbox.pipelines.partitions import CaptureKey
from smartsandbox.pipelines.run import Places, materialize_all
from smartsandbox.pipelines.testing import capture_har, deliver

KEY = CaptureKey("payments", "2026-01-06")
SECRET = hashlib.sha512(b"the key of one test run").digest()[:32]
PART = 12
"""Bytes of a secret that are looked for: chance finds them nowhere in any number of files."""


class KnownKey:
    """A provider whose key looks like one from the operating system, and is known here."""

    def key(self) -> RunKey:
        return RunKey(SECRET)


def spellings(secret: bytes) -> Iterator[bytes]:
    """Both halves of a secret, raw, in hex of either case, and in base64 of either alphabet at each alignment."""
    for part in (secret[:PART], secret[-PART:]):
        yield part
        yield from (part.hex().encode(), part.hex().upper().encode())
        for offset, skipped in ((0, 0), (1, 2), (2, 3)):
            coded = base64.b64encode(b"\0" * offset + part)[skipped : (offset + PART) * 8 // 6]
            yield from (coded, coded.translate(bytes.maketrans(b"+/", b"-_")))


def everything_under(folder: Path) -> bytes:
    """Names and bytes of all files, and the values of Parquet files, whose pages are compressed."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    tables = [repr(pq.read_table(path).to_pylist()).encode() for path in files if path.suffix == ".parquet"]
    return b"\n".join([*(str(path).encode() for path in files), *(path.read_bytes() for path in files), *tables])


def standing_in(left: bytes, secrets: Iterable[bytes]) -> int:
    return sum(1 for secret in secrets if any(spelled in left for spelled in spellings(secret)))


@pytest.mark.parametrize(
    "written", [SECRET, SECRET.hex().upper().encode(), base64.urlsafe_b64encode(b"x" + SECRET), b"k=" + SECRET[-PART:]]
)
def test_a_key_that_was_written_somewhere_would_be_found(written: bytes, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"before " + written + b" after")
    assert standing_in(everything_under(tmp_path), [SECRET]) == 1


@pytest.mark.slow
def test_nothing_that_a_run_leaves_behind_holds_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    drawn: dict[str, bytes] = {}
    prf, resources = RunKey.prf, Places.resources

    def remembered(self: RunKey, domain: str, value: str, attempt: int = 0) -> bytes:
        block = prf(self, domain, value, attempt)
        if self.secret == SECRET:
            drawn.setdefault(domain, block)
        return block

    def with_known_key(self: Places, track: Track) -> dict[str, object]:
        return {**resources(self, track), "keys": KnownKey()}

    monkeypatch.setattr(RunKey, "prf", remembered)
    monkeypatch.setattr(Places, "resources", with_known_key)
    deliver(tmp_path / "captures", KEY, capture_har(12))
    result = materialize_all(
        tmp_path / "captures",
        tmp_path / "work",
        str(tmp_path / "store"),
        KEY.service,
        KEY.day,
        tmp_path / "policies",
        dagster_home=tmp_path / "home",
    )
    assert result.success, result.failures
    assert {"exchange", "name/0"} <= set(drawn)
    printed = "".join(capfd.readouterr()).encode()
    left = everything_under(tmp_path) + printed
    assert any(path.suffix == ".db" for path in (tmp_path / "home").rglob("*"))
    assert hashlib.sha256(SECRET).hexdigest().encode() in left  # the commitment is meant to be there
    assert standing_in(left, [SECRET]) == 0
    assert standing_in(left, [block[-2 * PART :] for block in drawn.values()]) == 0
