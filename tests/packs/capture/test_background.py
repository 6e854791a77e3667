from __future__ import annotations

import socket
import sys

import pytest

from smartsandbox.packs.capture.background import BackgroundProcess, answers, free_port, require_free
from smartsandbox.packs.errors import NotReadyError, UsageError


def test_a_port_in_use_is_refused_with_the_port_and_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            UsageError, match=rf"the recorder cannot listen on 127\.0\.0\.1:{port}.*choose another port"
        ):
            require_free(port, "the recorder")


def test_a_number_that_is_no_port_is_refused() -> None:
    with pytest.raises(UsageError, match="not a port number"):
        require_free(70_000, "the recorder")


def test_a_free_port_answers_nothing() -> None:
    assert not answers("127.0.0.1", free_port())


def test_a_child_that_ends_at_once_is_reported_with_its_last_line() -> None:
    command = [sys.executable, "-S", "-c", "import sys; print('first', flush=True); sys.exit('the disk is full')"]
    with pytest.raises(NotReadyError, match="the helper ended with code 1 before it listened: the disk is full"):
        BackgroundProcess(command, free_port(), "the helper").__enter__()


def test_the_block_runs_while_the_child_listens_and_the_child_is_gone_afterwards() -> None:
    port = free_port()
    program = f"import socket\ns = socket.create_server(('127.0.0.1', {port}))\nwhile True: s.accept()"
    with BackgroundProcess([sys.executable, "-S", "-c", program], port, "the helper") as child:
        assert child.alive()
        assert answers("127.0.0.1", port)
    assert not child.alive()
    assert not answers("127.0.0.1", port)
