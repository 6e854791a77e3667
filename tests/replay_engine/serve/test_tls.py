"""TLS on real sockets: who the server is, what is agreed on, and how connections end."""

import http.client
import os
import shutil
import socket
import ssl
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.clock import utc_now
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.options import Limits, ServeOptions
from smartsandbox.replay_engine.serve.server import Server
from smartsandbox.replay_engine.serve.tls import Identity, ThrowAway, throw_away
from smartsandbox.replay_engine.testing import serving

GET = b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ThrowAway:
    """A throw-away identity."""
    return throw_away(tmp_path_factory.mktemp("tls"), "sandbox.test", utc_now())


def options(made: ThrowAway, **more: object) -> ServeOptions:
    return ServeOptions(latency=Scaled(0.0), tls=made.identity, **more)  # type: ignore[arg-type]


def client_context(made: ThrowAway, *protocols: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(made.authority))
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context


def connect(made: ThrowAway, server: Server, *protocols: str) -> ssl.SSLSocket:
    plain = socket.create_connection((server.host, server.port), 10)
    return client_context(made, *protocols).wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False)


def test_a_client_that_trusts_the_authority_is_answered(shop_pack: Pack, made: ThrowAway) -> None:
    with serving(shop_pack, options(made)) as server:
        assert server.url.startswith("https://127.0.0.1:")
        client = http.client.HTTPSConnection("127.0.0.1", server.port, context=client_context(made))
        for expected in (b'{"left":3}', b'{"left":2}'):
            client.request("GET", "/balance")
            assert client.getresponse().read() == expected
        client.close()


def test_nobody_else_trusts_it(shop_pack: Pack, made: ThrowAway) -> None:
    with serving(shop_pack, options(made)) as server:
        client = http.client.HTTPSConnection("127.0.0.1", server.port, context=ssl.create_default_context())
        with pytest.raises(ssl.SSLCertVerificationError):
            client.request("GET", "/balance")


@pytest.mark.parametrize(("offered", "agreed"), [(("h2", "http/1.1"), "h2"), (("http/1.1",), "http/1.1"), ((), None)])
def test_the_protocol_is_the_best_that_both_speak(
    shop_pack: Pack, made: ThrowAway, offered: tuple[str, ...], agreed: str | None
) -> None:
    with serving(shop_pack, options(made)) as server, connect(made, server, *offered) as client:
        assert client.selected_alpn_protocol() == agreed
        assert client.version() in ("TLSv1.2", "TLSv1.3")


def test_old_versions_of_tls_are_not_spoken(made: ThrowAway) -> None:
    assert made.identity.context().minimum_version is ssl.TLSVersion.TLSv1_2


def test_curl_speaks_http_2_over_tls_and_without(shop_pack: Pack, made: ThrowAway) -> None:
    curl = shutil.which("curl")
    if curl is None or "HTTP2" not in subprocess.run([curl, "--version"], capture_output=True, text=True).stdout:
        pytest.skip("no curl that speaks HTTP/2 here")
    show = [curl, "-sS", "--max-time", "20", "-w", " %{http_version}"]
    with serving(shop_pack, options(made)) as server:
        command = [*show, "--cacert", str(made.authority), f"https://localhost:{server.port}/balance"]
        assert subprocess.run(command, capture_output=True, text=True).stdout == '{"left":3} 2'
    with serving(shop_pack, ServeOptions(latency=Scaled(0.0))) as server:
        command = [*show, "--http2-prior-knowledge", f"{server.url}/balance"]
        assert subprocess.run(command, capture_output=True, text=True).stdout == '{"left":3} 2'


def test_httpx_speaks_http_2_over_tls(shop_pack: Pack, made: ThrowAway) -> None:
    with serving(shop_pack, options(made)) as server, httpx.Client(verify=client_context(made), http2=True) as client:
        answers = [client.get(f"{server.url}/balance") for _ in range(3)]
        order = client.post(f"{server.url}/orders?a=1&b=2", json={"n": 1, "sku": "x"})
    assert [answer.json()["left"] for answer in answers] == [3, 2, 1]
    assert {answer.http_version for answer in (*answers, order)} == {"HTTP/2"}
    assert order.status_code == 201


def test_a_recorded_reset_breaks_the_connection_without_goodbye(shop_pack: Pack, made: ThrowAway) -> None:
    with serving(shop_pack, options(made)) as server, connect(made, server) as client:
        client.sendall(GET % b"/reset")
        with pytest.raises((ConnectionResetError, ssl.SSLEOFError)):
            client.recv(100)


def test_a_refusal_reaches_a_client_that_is_still_sending(shop_pack: Pack, made: ThrowAway) -> None:
    with serving(shop_pack, options(made)) as server, connect(made, server) as client:
        client.sendall(b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n")
        client.sendall(b"x" * 500_000)
        assert client.recv(100).startswith(b"HTTP/1.1 413")


def test_what_is_no_tls_gets_nowhere_and_others_go_on(shop_pack: Pack, made: ThrowAway) -> None:
    with serving(shop_pack, options(made, limits=Limits(request_seconds=1))) as server:
        with socket.create_connection((server.host, server.port), 10) as plain:
            plain.sendall(GET % b"/balance")
            assert b"HTTP/1.1" not in plain.recv(100)
        with connect(made, server) as client:
            client.sendall(GET % b"/balance")
            assert client.recv(1000).startswith(b"HTTP/1.1 200 OK\r\n")


def test_the_key_is_its_owner_s_only_and_the_certificate_lasts_a_week(made: ThrowAway) -> None:
    assert made.identity.key.stat().st_mode & 0o077 == 0
    with pytest.raises(ssl.SSLError):
        made_in_the_past(made.identity.key.parent)
    parts = made.identity.fingerprint().split(":")
    assert len(parts) == 32


def made_in_the_past(folder: Path) -> None:
    (folder / "old").mkdir()
    old = throw_away(folder / "old", "localhost", datetime(2020, 1, 1, tzinfo=UTC))
    server, client = old.identity.context(), ssl.create_default_context(cafile=str(old.authority))
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        client.wrap_bio(to_client, to_server, server_hostname="localhost"),
        server.wrap_bio(to_server, to_client, server_side=True),
    )
    for _ in range(4):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue


def test_files_that_cannot_be_used_are_one_line(made: ThrowAway, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    key = ec.generate_private_key(ec.SECP256R1())
    other.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    strange = throw_away(stranger, "localhost", utc_now()).identity
    text = tmp_path / "text.pem"
    text.write_text("no certificate")
    mine = made.identity
    locked = tmp_path / "locked.pem"
    locked.touch(0o000)
    for identity, words in (
        (Identity(tmp_path / "none.pem", mine.key), "there is no file"),
        (Identity(text, mine.key), "not in PEM"),
        (Identity(mine.certificate, text), "not in PEM"),
        (Identity(mine.certificate, strange.key), "the key is not the certificate's"),
        (Identity(mine.certificate, other), "the key is encrypted"),
        (Identity(mine.certificate, locked), "cannot be read" if os.geteuid() else "not in PEM"),
    ):
        with pytest.raises(UsageError, match=words) as caught:
            identity.context()
        assert "\n" not in str(caught.value)
