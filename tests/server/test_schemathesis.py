"""Generated requests against the OpenAPI document and the real command, with every check that schemathesis has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_the_api_does_what_its_document_says(address: str, tmp_path: Path) -> None:
    tool = str(Path(sys.executable).with_name("schemathesis"))
    command = [tool, "run", f"{address}api/v1/openapi.json", "--checks", "all", "--max-examples", "15", "--seed", "1"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=300, check=False)
    assert run.returncode == 0, run.stdout[-6000:]
    assert "Tested: 14" in run.stdout
