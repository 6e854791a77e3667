"""Served and driven against itself, a pack answers as recorded."""

from pathlib import Path

import pytest

from smartsandbox.packs.capture.imports import import_captures
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.progress import silent
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.self_replay import self_replay


def test_the_shop_answers_itself_failures_and_all(shop_pack: Pack) -> None:
    found = self_replay(shop_pack)
    assert found.passed
    assert (found.exchanges, found.matches, found.share, found.differs) == (12, 12, 1.0, {})


def test_repeats_in_many_sessions_get_each_their_own_occurrence(tmp_path: Path) -> None:
    exchanges = [
        an_exchange(f"e{n}", a_request(target="/next"), a_response(json=n), at_us=n, session=f"s{n % 7}")
        for n in range(300)
    ]
    assert self_replay(make_pack(tmp_path, exchanges), rate=20_000.0).passed


def test_awkward_answers_survive_the_wire(tmp_path: Path) -> None:
    kept = (("Content-Length", "5"), ("ETag", '"x"'))
    table = [
        (a_request("HEAD", "/h"), a_response(200, headers=kept)),
        (a_request(target="/304"), a_response(304, body=b"kept by the client", headers=kept, reason="")),
        (a_request(target="/empty"), a_response(200, headers=(("Content-Encoding", "gzip"),))),
        (a_request(target="/unknown"), a_response(body=b"x", headers=(("Content-Encoding", "aws-chunked"),))),
        (
            a_request(target="/br", headers=(("Accept-Encoding", "br"),)),
            a_response(body=b"x" * 99, headers=(("Content-Encoding", "br"),)),
        ),
        (a_request(target="/processing"), a_response(102, reason="Processing")),
        (a_request(target="/switch"), a_response(101, reason="Switching Protocols")),
        (a_request("OPTIONS", "*"), a_response(204)),
        (a_request(target="/latin?q=%E9", headers=(("X", "é"),)), a_response(599, headers=(("X", "é"), ("Y", "€")))),
        (
            a_request("POST", "/gz", body=b"{}", headers=(("Content-Encoding", "gzip"), ("Expect", "100-continue"))),
            a_response(200),
        ),
    ]
    exchanges = [an_exchange(f"e{n}", q, a, at_us=n, endpoint=f"{q.method} /e") for n, (q, a) in enumerate(table)]
    found = self_replay(make_pack(tmp_path, exchanges))
    assert (found.examples, found.differs) == ((), {})


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["har", "mitm", "cassettes"])
def test_every_real_capture_answers_itself(tmp_path: Path, captures_dir: Path, kind: str) -> None:
    exchanges, _ = import_captures([captures_dir / kind], None, silent, Report())
    found = self_replay(make_pack(tmp_path, exchanges))
    assert (found.examples, found.differs) == ((), {})
    assert found.matches == len(exchanges)
