"""The wheel and the sdist: every room's files are in both, and a wheel built from the sdist is the same wheel."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("packs", "anonymize", "replay_engine", "pipelines", "fixtures", "server")


def build(source: Path, target: str, out: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(out)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    return next(out.iterdir())


def tracked(room: str) -> set[str]:
    listed = subprocess.run(["git", "ls-files", room], cwd=ROOT, check=True, capture_output=True, text=True)
    return {f"smartsandbox/{line}" for line in listed.stdout.splitlines()}


@pytest.mark.slow
def test_a_wheel_built_from_the_sdist_holds_every_room(tmp_path: Path) -> None:
    sdist = build(ROOT, "sdist", tmp_path / "sdist")
    with tarfile.open(sdist) as archive:
        safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # Debian's 3.11.2 has none
        archive.extractall(tmp_path / "unpacked", **safely)  # type: ignore[arg-type]
    wheel = build(next((tmp_path / "unpacked").iterdir()), "wheel", tmp_path / "wheel")

    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())

    assert [name for room in ROOMS for name in tracked(room) if name not in names] == []
    assert {"smartsandbox/cli.py", "smartsandbox/commands/packs.py"} <= names
    assert not [name for name in names if not name.startswith("smartsandbox")]


def test_every_dependency_is_pinned_and_explained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = [*project["dependencies"], *(item for extra in project["optional-dependencies"].values() for item in extra)]
    words = {item.split(";")[0].split("[")[0].split(">")[0].split("=")[0].strip().lower() for item in named}
    pins = {
        line.split("==")[0].lower().replace("_", "-") for line in (ROOT / "constraints.txt").read_text().splitlines()
    }
    pages = (ROOT / "docs" / "dependencies.md").read_text().lower()

    ours = words - {"smartsandbox"}
    assert sorted(ours - pins) == []
    assert sorted(word for word in ours if word not in pages and not word.startswith(("types-", "pandas-stubs"))) == []


STARTED_NOT_IMPORTED = {"dagster-webserver", "dagster-postgres"}
"""Dagster starts the one and loads the other from its settings."""


def test_every_dependency_of_a_seat_is_imported_by_our_code() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    seats = [project["dependencies"], *(v for name, v in project["optional-dependencies"].items() if name != "dev")]
    named = {re.split(r"[\[><=; ]", item)[0] for seat in seats for item in seat} - {"smartsandbox"}
    sources = [file.read_text() for room in (*ROOMS, "src/smartsandbox") for file in (ROOT / room).rglob("*.py")]
    imported = set(re.findall(r"^\s*(?:import|from) (\w+)", "\n".join(sources), re.MULTILINE))
    used = {
        dist.lower().replace("_", "-")
        for module, dists in packages_distributions().items()
        if module in imported
        for dist in dists
    }

    assert sorted(named - STARTED_NOT_IMPORTED - used) == []


def test_the_pins_carry_no_address() -> None:
    pins = (ROOT / "constraints.txt").read_text()

    assert "://" not in pins
    assert " @ " not in pins
