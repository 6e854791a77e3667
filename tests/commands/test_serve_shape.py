"""Mistakes in what `smartsandbox serve` is asked to make of a pack: one line, and exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartsandbox.cli import run
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--latency", "fast"], "latency 'fast' is not one of: recorded, fitted, loaded, none"),
        (["--latency", "fitted"], "pack 'sample' has none: use --latency none"),
        (["--errors", "often"], "errors 'often' is not one of: matched, recorded, none"),
        (["--chaos", "latency=fast"], "chaos 'latency=fast' takes a time such as 300ms"),
        (["--scenarios", "absent.yaml"], "scenarios absent.yaml: No such file"),
    ],
)
def test_an_option_that_cannot_be_read_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    pack = make_pack(tmp_path, [an_exchange("e", a_request(), a_response(), ttfb_us=None, total_us=None)])
    capsys.readouterr()

    assert run(["serve", str(pack.folder), "--port", "0", *options]) == 2
    errors = capsys.readouterr().err
    assert said in errors
    assert len(errors.strip().splitlines()) == 1
