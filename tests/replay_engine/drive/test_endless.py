"""A target whose answer is out of all proportion, against a driver of its own process whose memory is read."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack

pytestmark = pytest.mark.slow

GIBIBYTE = 1 << 30
PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Prints the peak of a command in KiB. From a small process of its own, as a child begins with its parent's peak."""


def _answer(listening: socket.socket) -> None:
    """To every request a gibibyte of zeros."""
    piece = bytes(1 << 20)
    while True:
        try:
            client, _ = listening.accept()
        except OSError:
            return
        with client:
            try:
                if b"GET" not in client.recv(1 << 16):
                    continue
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % GIBIBYTE)
                for _ in range(GIBIBYTE // len(piece)):
                    client.sendall(piece)
            except OSError:
                continue


def test_an_answer_of_a_gibibyte_is_counted_in_bounded_memory(tmp_path: Path) -> None:
    pack = make_pack(tmp_path, [an_exchange("e1", a_request(target="/one"), a_response(json=1))])
    report = tmp_path / "r.json"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_answer, args=(listening,), daemon=True).start()
        target = f"http://127.0.0.1:{listening.getsockname()[1]}"
        line = [sys.executable, "-m", "smartsandbox", "drive", str(pack.folder), "--target", target]
        peak = subprocess.check_output([sys.executable, "-c", PEAK, *line, "--json", str(report)])
        listening.shutdown(socket.SHUT_RDWR)
    found = json.loads(report.read_bytes())
    assert (found["counts"]["answered"], found["shares"]["matched"]) == (1, 0.0)
    assert int(peak) / 1024 < 600
