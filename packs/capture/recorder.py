"""The recorder: mitmdump as a reverse proxy in front of one service, writing every flow to a file.

It runs as a child process, so nothing of mitmproxy is imported here; `mitm` reads the file afterwards. The proxy's
configuration folder is a temporary one beside the flow file, so no certificate authority is left behind and the home
directory is not touched.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from urllib.parse import SplitResult, urlsplit

from smartsandbox.packs.capture.background import LOOPBACK, BackgroundProcess, answers
from smartsandbox.packs.capture.urls import DEFAULT_PORTS
from smartsandbox.packs.errors import NotReadyError, UsageError


class Recorder:
    """Listens on a loopback port, passes requests on to `upstream_url`, and records them in `out` until the block ends.

    `upstream_url` is scheme, host and port only. With `keep_host` the client's Host header goes upstream unchanged and
    is what the recording shows; without it the upstream's own is set. Raises UsageError (mitmdump missing, bad URL,
    port taken, `out` exists) and NotReadyError (upstream does not answer) before anything is recorded.
    """

    def __init__(self, upstream_url: str, listen_port: int, out: Path, *, keep_host: bool = False) -> None:
        self.upstream_url, self.listen_port, self.out = upstream_url, listen_port, out
        self._keep_host = keep_host
        self._process: BackgroundProcess | None = None
        self._confdir: tempfile.TemporaryDirectory[str] | None = None

    @property
    def url(self) -> str:
        """Where clients connect, without a trailing slash."""
        return f"http://{LOOPBACK}:{self.listen_port}"

    @property
    def pid(self) -> int | None:
        """The process id of mitmdump while it runs."""
        return self._process.pid if self._process else None

    def alive(self) -> bool:
        """Whether mitmdump is still recording."""
        return self._process is not None and self._process.alive()

    def __enter__(self) -> Recorder:
        program = find_mitmdump()
        require_upstream(self.upstream_url)
        if self.out.exists():
            raise UsageError(f"{self.out} exists: choose another file, a recording is never overwritten")
        self.out.parent.mkdir(parents=True, exist_ok=True)
        self._confdir = tempfile.TemporaryDirectory(prefix=".mitmdump-", dir=self.out.parent)
        command = [program, *self._options(Path(self._confdir.name))]
        self._process = BackgroundProcess(command, self.listen_port, "the recorder (mitmdump)")
        try:
            self._process.__enter__()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop recording; when this returns the flow file is complete. May be called twice."""
        process, self._process = self._process, None
        if process is not None:
            process.stop()
        if self._confdir is not None:
            self._confdir.cleanup()
            self._confdir = None

    def _options(self, confdir: Path) -> list[str]:
        settings = {
            "confdir": str(confdir),
            "connection_strategy": "lazy",
            "flow_detail": "0",
            "termlog_verbosity": "error",
            "keep_host_header": "true" if self._keep_host else "false",
            "onboarding": "false",
            "save_stream_file": flow_file_option(self.out),
        }
        mode = ["--mode", f"reverse:{self.upstream_url}", "--listen-host", LOOPBACK, "--listen-port"]
        sets = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
        return [*mode, str(self.listen_port), *sets]


def flow_file_option(out: Path) -> str:
    """A path for `save_stream_file`: absolute, as a leading "+" or "~" has a meaning, and "%" doubled for strftime."""
    return str(out.resolve()).replace("%", "%%")


def find_mitmdump() -> str:
    """The mitmdump of the running environment, or one on the PATH. Raises UsageError if there is none."""
    beside = shutil.which("mitmdump", path=str(Path(sys.executable).parent))
    found = beside or shutil.which("mitmdump")
    if found is None:
        raise UsageError('recording needs mitmdump, which is not installed: pip install "smartsandbox[record]"')
    return found


def require_upstream(url: str) -> None:
    """Raise UsageError unless `url` is an http(s) origin, NotReadyError unless it accepts a connection."""
    parts, port = _origin(url)
    if not answers(str(parts.hostname), port):
        raise NotReadyError(f"upstream {url} does not accept connections: start the service, or check host and port")


def _origin(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError) as error:
        raise UsageError(f"upstream {url!r} is not a URL such as http://127.0.0.1:8000") from error
    if not parts.hostname or parts.path not in ("", "/") or parts.query or parts.username:
        raise UsageError(f"upstream {url!r}: give scheme, host and port only, such as http://127.0.0.1:8000")
    return parts, port
