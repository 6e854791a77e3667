"""mitmproxy flow files of every format version. The only importer of mitmproxy, and only when a file is read.

A flow file is a row of tnetstrings, so a flow that cannot be understood costs itself only, and a file that was cut off
keeps what stands before the damage. A session is one client connection, or a client's share of one; see `clients`.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from smartsandbox.packs.canonical import digest_file
from smartsandbox.packs.capture.base import (
    NO_TIME,
    Draft,
    exchange_id,
    guarded,
    make_request,
    session_id,
    to_exchange,
)
from smartsandbox.packs.capture.clients import told_apart
from smartsandbox.packs.capture.files import open_capture
from smartsandbox.packs.capture.flow_010 import is_flow_010, upgrade_flow_010
from smartsandbox.packs.capture.flow_messages import flow_messages
from smartsandbox.packs.capture.flow_parts import flow_address, flow_latency, flow_outcome, message_body
from smartsandbox.packs.capture.har_bodies import NO_REQUEST_BODY
from smartsandbox.packs.capture.header_lines import clean_text, header_lines
from smartsandbox.packs.capture.moments import EPOCH_US, STEP_US, from_seconds
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.errors import UnreadableError, UsageError
from smartsandbox.packs.model import Exchange

NOT_HTTP = {
    "tcp": "a TCP flow, which is not an exchange",
    "udp": "a UDP flow, which is not an exchange",
    "dns": "a DNS flow, which is not an exchange",
    "websocket": "a WebSocket of mitmproxy 5 or older, which holds no handshake",
}

_BAD_STATE = "the flow's state is incomplete or of an unknown version"
_LENGTH = re.compile(rb"[0-9]{1,12}")


def read_flows(path: Path, report: Report) -> Iterator[Exchange]:
    """The HTTP flows in file order; others, and flows that cannot be understood, are reported and left out."""
    digest = digest_file(path)
    yield from told_apart(list(_read(path, digest, report)), digest, report)


def _read(path: Path, digest: str, report: Report) -> Iterator[Exchange]:
    with open_capture(path) as stream:
        for index, state in enumerate(_states(stream, report)):
            draft = guarded(index, lambda at=index, raw=state: _draft(at, raw, digest), report)  # type: ignore[misc]
            if draft is not None:
                yield to_exchange(draft, _started(draft, digest, report), digest, report)


def _started(draft: Draft, digest: str, report: Report) -> int:
    if draft.started_us is not None:
        return draft.started_us
    report.note(NO_TIME)
    report.undated.add(exchange_id(digest, draft.index))
    report.untimed_us += STEP_US
    return EPOCH_US + report.untimed_us - STEP_US


def _states(stream: BinaryIO, report: Report) -> Iterator[Any]:
    """Each flow's state as saved. Stops at damage, which is reported with the index of the flow it is in."""
    tnetstring = _mitmproxy_io()[0]
    index = 0
    while True:
        try:
            frame = _frame(stream)
            if frame is None:
                return
            state = tnetstring.load(io.BytesIO(frame))
        except (EOFError, OSError, ValueError, TypeError, IndexError, LookupError, RecursionError, zlib.error) as error:
            report.drop(index, "damaged here: this entry and what follows is lost", _damage(error))
            return
        yield state
        index += 1


def frames(stream: BinaryIO) -> Iterator[bytes]:
    """The bytes of each flow. Raises ValueError or EOFError where the file is damaged."""
    while (frame := _frame(stream)) is not None:
        yield frame


def _frame(stream: BinaryIO) -> bytes | None:
    """The bytes of one tnetstring, None at the end. Never allocates more than the file holds."""
    length = b""
    while (byte := stream.read(1)) != b":":
        if byte == b"" and length == b"":
            return None
        length += byte
        if not byte or not _LENGTH.fullmatch(length):
            raise ValueError("not a flow")
    size = int(length or b"0") + 1
    pieces: list[bytes] = []
    while size > 0 and (piece := stream.read(min(size, 1 << 20))):
        pieces.append(piece)
        size -= len(piece)
    if size:
        raise EOFError
    return b"".join([length, b":", *pieces])


def _damage(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "the file ends inside this flow"
    return "nested too deep" if isinstance(error, RecursionError) else "not a flow"


def _mitmproxy_io() -> tuple[Any, Any, Any]:
    try:
        from mitmproxy import flow, http  # noqa: F401 - the import of http registers the HTTP flow type
        from mitmproxy.io import compat, tnetstring
    except ImportError as error:
        raise UsageError("flow files need mitmproxy: install smartsandbox[record]") from error
    return tnetstring, compat, flow


def _draft(index: int, state: Any, digest: str) -> Draft:
    kind = _kind(state)
    if kind in NOT_HTTP:
        raise UnreadableError("flow", NOT_HTTP[kind])
    session = _session(state, digest)
    flow = _flow(state)
    notes: list[str] = []
    request = flow.request
    headers = header_lines(request.headers.fields, notes)
    body = message_body(request, headers, NO_REQUEST_BODY, notes)
    method = clean_text(request.data.method)
    made = make_request(method, flow_address(request, headers), headers, body, notes)
    response, failure = flow_outcome(flow, notes)
    started = from_seconds(request.timestamp_start)
    ttfb, total = flow_latency(started, flow.response)
    said = flow_messages(flow.websocket, flow.response, notes)
    return Draft(index, started, made, response, failure, ttfb, total, session, notes, said)


def _kind(state: Any) -> str:
    kind = state.get("type", state.get(b"type", "http"))
    return kind.decode("latin-1") if isinstance(kind, bytes) else str(kind)


def _flow(state: Any) -> Any:
    _, compat, flow = _mitmproxy_io()
    newest = _newest_version()
    version = state.get("version")
    if isinstance(version, int) and version > newest:
        raise UnreadableError("flow", f"flow format {version} is newer than {newest}: upgrade mitmproxy")
    try:
        return flow.Flow.from_state(compat.migrate_flow(upgrade_flow_010(state) if is_flow_010(state) else state))
    except Exception as error:  # the upgrade steps of mitmproxy raise anything on states they do not expect
        raise UnreadableError("flow", _BAD_STATE) from error


def _newest_version() -> int:
    from mitmproxy import version

    return int(version.FLOW_FORMAT_VERSION)


def _session(state: Any, digest: str) -> str:
    """From the connection's own id; files too old to have one go by the client's address within the file."""
    connection = state.get("client_conn") or state.get(b"client_conn") or state.get(b"request", {}).get(b"client_conn")
    own = connection.get("id") if isinstance(connection, dict) else None
    if own:
        return session_id(str(own))
    address = connection.get("address", connection.get(b"address")) if isinstance(connection, dict) else None
    return session_id(digest, repr(address))
