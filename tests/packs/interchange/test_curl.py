"""The real cURL sends what the pack recorded, and gets what it answered."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from smartsandbox.packs.interchange.curl import write_commands
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.testing import serving


@pytest.mark.skipif(shutil.which("curl") is None, reason="cURL is not installed")
def test_every_command_gets_the_recorded_status(pack: Pack, tmp_path: Path) -> None:
    script = tmp_path / "out.sh"
    done = write_commands(pack, script)
    with serving(pack) as server:
        ran = subprocess.run(
            ["sh", str(script)], capture_output=True, text=True, timeout=60, env={**os.environ, "TARGET": server.url}
        )
        counts = server.responder.journal.counts()

    assert done.written == 7
    assert ran.stdout.split() == ["200", "201", "200", "200", "000", "204", "422"]
    assert (counts["matched"], counts["missed"]) == (7, 0)
    assert "TEST ONLY" in script.read_text().splitlines()[1]
