"""`smartsandbox serve --tls` from a shell's side."""

import hashlib
import re
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from smartsandbox.cli import run
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack

PROGRAM = "import sys; from smartsandbox.cli import run; sys.exit(run(sys.argv[1:]))"


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One answer."""
    exchanges = [an_exchange("e1", a_request(target="/v1/one"), a_response(json=1))]
    return make_pack(tmp_path_factory.mktemp("tls"), exchanges, "one").folder


def test_a_throw_away_certificate_is_told_and_gone_after_the_run(pack: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, "serve", str(pack), "--port", "0", "--tls"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines = [process.stdout.readline() for _ in range(3)]
        authority = Path(lines[0].removeprefix("certificates of this run are signed by ").strip())
        port = int(re.findall(r"https://127\.0\.0\.1:(\d+)", lines[2])[0])
        with socket.create_connection(("127.0.0.1", port), 10) as plain:
            plain.sendall(b"GET /v1/one HTTP/1.1\r\n\r\n")
            plain.recv(100)
        context = ssl.create_default_context(cafile=str(authority))
        with context.wrap_socket(socket.create_connection(("127.0.0.1", port), 10), server_hostname="localhost") as tls:
            certificate = tls.getpeercert(binary_form=True)
            tls.sendall(b"GET /v1/one HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert tls.recv(1000).startswith(b"HTTP/1.1 200 OK\r\n")
        assert certificate is not None
        assert lines[1] == f"certificate SHA-256 {hashlib.sha256(certificate).digest().hex(':').upper()}\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stderr.read() == ""
    assert not authority.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--tls-cert", "a.pem"], "--tls-key is missing"),
        (["--tls-key", "a.pem"], "--tls-cert is missing"),
        (["--tls", "--tls-cert", "a.pem", "--tls-key", "b.pem"], "take one of them"),
        (["--tls-cert", "none.pem", "--tls-key", "none.pem"], "there is no file none.pem"),
    ],
)
def test_options_that_make_no_sense_are_one_line(
    pack: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["serve", str(pack), "--port", "0", *arguments]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1
