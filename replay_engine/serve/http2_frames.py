"""The frames of one HTTP/2 connection, by the h2 library, set to the limits of a server."""

from __future__ import annotations

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.settings import SettingCodes, Settings
from hyperframe.frame import GoAwayFrame

from smartsandbox.replay_engine.serve.options import Limits

_WINDOW = 1 << 20


def new_frames(limits: Limits) -> H2Connection:
    """The server's side, with its settings ready to be sent. What is sent needs no check: our own code makes it."""
    frames = H2Connection(
        H2Configuration(
            client_side=False,
            header_encoding=None,
            validate_outbound_headers=False,
            normalize_outbound_headers=False,
        )
    )
    settings = {
        SettingCodes.MAX_CONCURRENT_STREAMS: limits.streams,
        SettingCodes.MAX_HEADER_LIST_SIZE: limits.head_bytes,
        SettingCodes.INITIAL_WINDOW_SIZE: _WINDOW,
    }
    frames.local_settings = Settings(client=False, initial_values=settings)
    frames.decoder.max_header_list_size = limits.head_bytes
    frames.initiate_connection()
    frames.increment_flow_control_window(_WINDOW)
    return frames


def goaway(frames: H2Connection) -> bytes:
    """The frame that asks for no more requests. The library would send nothing after its own."""
    frame = GoAwayFrame(0, last_stream_id=frames.highest_inbound_stream_id, error_code=ErrorCodes.NO_ERROR)
    return bytes(frame.serialize())
