"""Classes of size by hand, and what they cost whoever looks for an answer by its size."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from smartsandbox.anonymize.apply import prepare
from smartsandbox.anonymize.attacks.base import Sample
from smartsandbox.anonymize.attacks.people import NOBODY
from smartsandbox.anonymize.attacks.sessions import Session
from smartsandbox.anonymize.attacks.sizes import Sizes as SizesAttack
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.policy_file import parse_policy
from smartsandbox.anonymize.policy_text import write_policy
from smartsandbox.anonymize.size_classes import EXACT, LEAST, class_of, padded, sizes_of_text, text_of_sizes
from smartsandbox.anonymize.suggest import suggest_policy
from smartsandbox.anonymize.transform import Transformer
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Exchange, Response
from smartsandbox.packs.trace import Trace


@pytest.mark.parametrize(
    ("size", "expected"), [(0, 0), (1, 64), (64, 64), (65, 128), (128, 128), (1000, 1024), (1025, 2048)]
)
def test_a_class_is_the_next_power_of_two(size: int, expected: int) -> None:
    assert class_of(size) == expected


@pytest.mark.parametrize(("size", "expected"), [(0, 0), (1, 4096), (4096, 4096), (4097, 8192), (20_000, 32_768)])
def test_no_class_is_smaller_than_the_smallest(size: int, expected: int) -> None:
    assert class_of(size, 4096) == expected


@pytest.mark.parametrize(("text", "least"), [("exact", EXACT), ("classes", LEAST), ("128", 128), ("16777216", 1 << 24)])
def test_a_policy_says_the_smallest_class_in_bytes(text: str, least: int) -> None:
    assert sizes_of_text(text) == least
    assert text_of_sizes(least) == text


@pytest.mark.parametrize("text", ["small", "", "0", "32", "100", "-64", "6.4e1", "33554432", "9" * 400])
def test_what_is_no_class_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="a power of two, 64 to 16777216"):
        sizes_of_text(text)


@pytest.mark.parametrize(
    ("media_type", "body", "is_padded"),
    [
        ("application/json", b'{"a": 1}', True),
        ("application/problem+json; charset=utf-8", b'{"a": 1}\n', True),
        ("application/json", b"[1, 2]", True),
        ("application/json", b"", False),
        ("application/json", b'"text"', False),
        ("application/x-ndjson", b'{"a": 1}\n', False),
        ("text/html", b"{}", False),
        ("application/xml", b"<?xml version='1.0'?><a/>", True),
        ("application/atom+xml; charset=utf-8", b"<feed/>\n", True),
        ("application/octet-stream", b"<?xml version='1.0'?><a/>", True),
        ("application/xml", b"<a/", False),
        ("application/xml", "<a/>".encode("utf-16-le"), False),
        ("application/json", "[1]".encode("utf-16-le"), False),
        ("text/html", b"<p>hello</p>", True),
        ("text/html", b"hello", False),
        ("text/css", b"a { color: red }", True),
        ("application/javascript", b"f();", True),
        ("application/javascript", b"", False),
        ("text/plain", b"ok", False),
        ("image/png", b"\x89PNG", False),
    ],
)
def test_text_for_machines_is_padded_and_means_the_same(media_type: str, body: bytes, is_padded: bool) -> None:
    response = Response(200, "OK", (("Content-Type", media_type),), body)
    made = padded(response)
    assert len(made.body) == (64 if is_padded else len(body))
    assert made.body.startswith(body)
    if is_padded and media_type.partition(";")[0].endswith("json"):
        assert json.loads(made.body) == json.loads(body)
    assert padded(made) == made


def test_a_policy_asks_for_classes_and_says_so_in_its_text(
    exchange: Callable[..., Exchange], raw_trace: Callable[..., Trace], key: RunKey, tmp_path: Path
) -> None:
    visits = [exchange("/v1/me", {"n": "x" * (at * 30)}, session=f"s{at}") for at in range(6)]
    trace = raw_trace(visits)
    plain = suggest_policy(trace)
    policy = replace(plain, sizes=LEAST, m=0)
    assert parse_policy(write_policy(policy), "p").sizes == LEAST
    assert "sizes: 4096" in write_policy(replace(plain, sizes=4096))
    assert "sizes" not in write_policy(plain)
    assert policy.digest != replace(policy, sizes=EXACT).digest
    with pytest.raises(UsageError, match="'small' says nothing of sizes: write exact, classes"):
        parse_policy(write_policy(policy).replace("sizes: classes", "sizes: small"), "p")

    settled, _ = prepare(trace, policy, key)
    transformer = Transformer(settled)
    made = list(transformer.run(trace.exchanges()))
    settled.found.close()
    sizes = {len(one.response.body) for one in made if one.response}
    assert sizes <= {64, 128, 256}
    assert transformer.notes["answer padded to its class of size"] == 6
    added = sum(len(new.response.body) - len(new.response.body.rstrip()) for new in made if new.response)
    assert transformer.notes["bytes that answers were padded with"] == added


def sessions(sizes: list[tuple[int, ...]]) -> tuple[Session, ...]:
    starts = range(0, 30_000_000, 10_000_000)
    return tuple(Session(f"{at:03d}", tuple(starts), ("GET /",) * 3, one) for at, one in enumerate(sizes))


def test_who_knows_of_the_classes_compares_classes() -> None:
    # Sixty sessions of two kinds: just above 1,024 and just under 4,096, which are nearest to other classes.
    raw = sessions([(1030 + at, 4000 + at, 1030 + at) for at in range(60)])
    published = sessions([tuple(map(class_of, one.sizes)) for one in raw])
    asked = [Sample(NOBODY, one) for one in (raw, published, raw[:30])]
    rng = np.random.default_rng(1)
    exact = SizesAttack(most=60).run(asked[0], asked[1], asked[2], rng)
    aware = SizesAttack(most=60, least=LEAST).run(asked[0], asked[1], asked[2], np.random.default_rng(1))
    assert aware.risk.high >= exact.risk.high
    assert aware.worst.successes < 20  # all sixty are alike: one in sixty is found by chance
