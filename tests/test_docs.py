"""Every command in the documents is run, in the order in which a reader would type it.

A `sh` block is a list of commands. `make` targets are resolved but not run; servers are left running until the
document ends; ports are exchanged for free ones; everything else must end with exit code 0.
"""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from smartsandbox.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
DOCUMENTS = [
    path
    for path in [
        ROOT / "README.md",
        ROOT / "ARCHITECTURE.md",
        *sorted((ROOT / "docs").rglob("*.md")),
        *ROOT.glob("dagster_home/*.md"),
    ]
    if "```sh" in path.read_text()
]
SERVERS = (("smartsandbox", "serve"), ("smartsandbox", "server"), ("smartsandbox", "record"))
READY = re.compile(r"https?://127\.0\.0\.1:\d+")


def commands_of(document: Path) -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", document.read_text(), re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


def with_free_ports(commands: list[str]) -> list[str]:
    """Each port that the commands name becomes a free one, the same one everywhere."""
    named = sorted({port for command in commands for port in re.findall(r"--port (\d+)|127\.0\.0\.1:(\d+)", command)})
    ports = {port for pair in named for port in pair if port}
    with ExitStack() as stack:
        free = {}
        for port in sorted(ports):
            probe = stack.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            free[port] = str(probe.getsockname()[1])
    return [re.sub(r"\b\d{4,5}\b", lambda match: free.get(match[0], match[0]), command) for command in commands]


@contextmanager
def server(words: list[str], folder: Path, environment: dict[str, str]) -> Iterator[None]:
    with subprocess.Popen(
        words, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert any(READY.search(line) for line in process.stdout), f"{words} ended before it was ready"
            yield
        finally:
            process.terminate()
            process.wait(20)


def run(command: str, folder: Path, environment: dict[str, str], running: ExitStack) -> None:
    words = shlex.split(command)
    if words[0] == "export":
        return
    if words[0] == "make":
        subprocess.run(["make", "-n", *words[1:]], cwd=ROOT, check=True, capture_output=True)
    elif tuple(words[:2]) in SERVERS:
        running.enter_context(server(words, folder, environment))
    else:
        done = subprocess.run(
            words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_commands_of_a_document_run(
    document: Path, tmp_path: Path, busy_shop_har: str, shoppers: list[tuple[str, str, str]]
) -> None:
    (tmp_path / "captures").mkdir()
    (tmp_path / "captures" / "shop.har").write_text(busy_shop_har)
    scenarios = re.search(r"```yaml\n(.*?)```", (ROOT / "docs/scenarios.md").read_text(), re.DOTALL)
    (tmp_path / "scenarios.yaml").write_text(scenarios[1] if scenarios else "")
    templates = re.search(r"`templates.yaml` declares .*?```yaml\n(.*?)```", document.read_text(), re.DOTALL)
    (tmp_path / "templates.yaml").write_text(templates[1] if templates else "")
    events = re.search(r"`events.yaml`:.*?```yaml\n(.*?)```", document.read_text(), re.DOTALL)
    (tmp_path / "events.yaml").write_text(events[1] if events else "")
    (tmp_path / "request.txt").write_text(shoppers[3][2])
    paths = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": paths, "XDG_CONFIG_HOME": str(tmp_path / "config")}
    with ExitStack() as running:
        for command in with_free_ports(commands_of(document)):
            run(command, tmp_path, environment, running)


def test_every_command_stands_in_a_document() -> None:
    written = "\n".join(path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])

    assert [name for name in COMMANDS if f"smartsandbox {name}" not in written] == []


def test_every_link_between_documents_leads_somewhere() -> None:
    documents = [
        ROOT / "README.md",
        ROOT / "ARCHITECTURE.md",
        *(ROOT / "docs").rglob("*.md"),
        *ROOT.glob("dagster_home/*.md"),
    ]
    broken = [
        f"{document.name}: {target}"
        for document in documents
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text())
        if not (document.parent / target).exists()
    ]

    assert broken == []
