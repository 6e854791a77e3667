"""How each peer that serves is configured with the stubs and started: one function a peer, from a folder and a port.

Each returns the rest of the command line. Logging and journals are off, which is what a peer's own manual advises for
load.
"""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench import stubs

_JSON = {"Content-Type": "application/json"}


def nginx(folder: Path, port: int) -> list[str]:
    """One worker that returns one static body of an account's size to everything."""
    body = "x" * len(stubs.account(0))
    spare = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = f"user {getpass.getuser()};" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log /dev/null;"
        "events { worker_connections 4096; }"
        f"http {{ access_log off; keepalive_requests 100000000; {spare}"
        f"server {{ listen 127.0.0.1:{port} backlog=4096; location / {{"
        f" default_type application/json; return 200 '{body}'; }} }} }}"
    )
    return ["-e", "/dev/null", "-c", str(folder / "nginx.conf"), "-p", str(folder)]


def wiremock(folder: Path, port: int, gets: int) -> list[str]:
    """Mappings from a file, equality on path and on JSON body, no request journal."""
    mappings = [
        {
            "request": {"method": "GET", "url": stubs.path(number)},
            "response": {"status": 200, "headers": _JSON, "body": stubs.account(number).decode()},
        }
        for number in range(gets)
    ]
    mappings += [
        {
            "request": {"method": "POST", "url": stubs.POST_PATH, "bodyPatterns": [{"equalToJson": asked}]},
            "response": {"status": 200, "headers": _JSON, "body": answer},
        }
        for asked, answer in _posts(gets)
    ]
    (folder / "mappings").mkdir()
    (folder / "mappings" / "all.json").write_text(json.dumps({"mappings": mappings}))
    return ["--port", str(port), "--root-dir", str(folder), "--disable-banner", "--no-request-journal"]


def mockserver(folder: Path, port: int, gets: int) -> list[str]:
    """Expectations from a file; the number it may keep is raised, its log is off (see MOCKSERVER_ENV)."""
    expectations: list[dict[str, Any]] = [
        {
            "httpRequest": {"method": "GET", "path": stubs.path(number)},
            "httpResponse": {"statusCode": 200, "headers": _JSON, "body": stubs.account(number).decode()},
        }
        for number in range(gets)
    ]
    expectations += [
        {
            "httpRequest": {"method": "POST", "path": stubs.POST_PATH, "body": {"type": "JSON", "json": asked}},
            "httpResponse": {"statusCode": 200, "headers": _JSON, "body": answer},
        }
        for asked, answer in _posts(gets)
    ]
    (folder / "init.json").write_text(json.dumps(expectations))
    return ["-p", str(port)]


def mockserver_env(folder: Path) -> dict[str, str]:
    """MockServer's settings."""
    return {
        "MOCKSERVER_MAX_EXPECTATIONS": "50000",
        "MOCKSERVER_DISABLE_LOGGING": "true",
        "MOCKSERVER_LOG_LEVEL": "OFF",
        "MOCKSERVER_INITIALIZATION_JSON_PATH": str(folder / "init.json"),
    }


def smartsandbox(pack: Path, port: int) -> Sequence[str]:
    """The product, as a user starts it: everything on, no latency."""
    return ["-m", "smartsandbox", "serve", str(pack), "--port", str(port), "--latency", "none"]


def _posts(gets: int) -> Iterator[tuple[str, str]]:
    for number in range(stubs.post_count(gets)):
        yield stubs.transfer(number).decode(), stubs.transferred(number).decode()
