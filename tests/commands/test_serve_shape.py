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


@pytest.mark.parametrize("workers", ["1", "2"])
def test_real_time_priority_that_the_kernel_refuses_is_a_usage_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], workers: str
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    pack = make_pack(tmp_path, [an_exchange("e", a_request(), a_response())])
    monkeypatch.setattr("os.sched_setscheduler", refuse)

    assert run(["serve", str(pack.folder), "--port", "0", "--workers", workers, "--realtime"]) == 2
    assert "CAP_SYS_NICE" in capsys.readouterr().err
