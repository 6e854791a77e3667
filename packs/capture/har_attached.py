"""Bodies that stand beside a HAR: in a file of their own, as Playwright attaches them, or as the events of a stream."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from smartsandbox.packs.codings import MAX_BODY

Json = dict[str, Any]


def with_bodies(entry: Any, folder: Path) -> Any:
    """The entry with attached files put into `content` and `postData`, and with the body of an event stream.

    An attached file is looked for in the HAR's own folder only; one that is not there leaves the body unrecorded.
    """
    if not isinstance(entry, dict):
        return entry
    entry = _replaced(_replaced(entry, "response", "content", folder), "request", "postData", folder)
    return _with_events(entry) if isinstance(entry.get("_eventSourceMessages"), list) else entry


def _replaced(entry: Json, side: str, holder: str, folder: Path) -> Json:
    message = entry.get(side)
    held = message.get(holder) if isinstance(message, dict) else None
    name = held.get("_file") if isinstance(held, dict) else None
    if not isinstance(message, dict) or not isinstance(held, dict) or not isinstance(name, str):
        return entry
    body = attached_file(folder, name)
    if body is None or isinstance(held.get("text"), str):
        return entry
    text = base64.b64encode(body).decode("ascii")
    return {**entry, side: {**message, holder: {**held, "encoding": "base64", "text": text}}}


def attached_file(folder: Path, name: str) -> bytes | None:
    """The bytes of a file of that name in the folder itself; None if it is elsewhere, a link or too large."""
    path = folder / name
    if Path(name).name != name or "\0" in name or path.is_symlink() or not path.is_file():
        return None
    return path.read_bytes() if path.stat().st_size <= MAX_BODY else None


def _with_events(entry: Json) -> Json:
    """Chrome keeps the events of a `text/event-stream` apart and leaves the body empty."""
    response = entry.get("response")
    content = response.get("content") if isinstance(response, dict) else None
    if not isinstance(response, dict) or (isinstance(content, dict) and content.get("text")):
        return entry
    events = "".join(_event(event) for event in entry["_eventSourceMessages"] if isinstance(event, dict))
    known = content if isinstance(content, dict) else {}
    return {**entry, "response": {**response, "content": {**known, "text": events}}}


def _event(event: Json) -> str:
    named = (("id", event.get("eventId")), ("event", event.get("eventName")))
    head = [f"{field}: {value}\n" for field, value in named if isinstance(value, str) and value and "\n" not in value]
    data = [f"data: {line}\n" for line in str(event.get("data") or "").split("\n")]
    return "".join([*head, *data, "\n"])
