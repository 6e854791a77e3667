"""A live request put back into the words of the recording: issued values exchanged, dates moved back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote, unquote_plus

from smartsandbox.packs.key import CREDENTIAL_HEADERS
from smartsandbox.replay_engine.json_spans import spans, spliced
from smartsandbox.replay_engine.moments import Moment, moment
from smartsandbox.replay_engine.serve.request import LiveRequest

_CREDENTIALS = tuple(name.encode() for name in CREDENTIAL_HEADERS)


def exchanged(request: LiveRequest, words: Callable[[bytes], bytes]) -> LiveRequest:
    """With every issued value in target, credentials and body exchanged; the same object where there is none. The body
    is without content coding."""
    target, body = words(request.target), words(request.body)
    fields = {name: words(request.fields[name]) for name in _CREDENTIALS if name in request.fields}
    if (target, body) == (request.target, request.body) and fields.items() <= request.fields.items():
        return request
    return replace(request, target=target, body=body, fields={**request.fields, **fields})


def moved(request: LiveRequest, shift: Callable[[Moment], str | None]) -> LiveRequest:
    """With the dates of query, form and JSON body moved; `shift` gives the text of one, or None to leave it."""
    path, mark, query = request.target.partition(b"?")
    target = path + mark + _moved_pairs(query, shift) if query else request.target
    body = _moved_body(request, shift) if request.body else request.body
    same = target == request.target and body == request.body
    return request if same else replace(request, target=target, body=body)


def _moved_body(request: LiveRequest, shift: Callable[[Moment], str | None]) -> bytes:
    kind = request.fields.get(b"content-type", b"")
    if kind.startswith(b"application/x-www-form-urlencoded"):
        return _moved_pairs(request.body, shift)
    changes = {}
    for pointer, (start, end) in spans(request.body).items():
        found = leaf_moment(request.body[start:end], pointer)
        text = shift(found) if found else None
        if text is not None:
            changes[start, end] = written(text, request.body[start:end])
    return spliced(request.body, changes) if changes else request.body


def _moved_pairs(pairs: bytes, shift: Callable[[Moment], str | None]) -> bytes:
    parts = []
    for part in pairs.split(b"&"):
        name, mark, value = part.partition(b"=")
        text = unquote_plus(value.decode("latin-1"))
        found = moment(text, unquote_plus(name.decode("latin-1")), text.isdecimal())
        moved_to = shift(found) if found else None
        parts.append(part if moved_to is None else name + mark + quote(moved_to, safe=":").encode())
    return b"&".join(parts)


def leaf_moment(raw: bytes, pointer: str) -> Moment | None:
    """The point in time that a JSON value is, by its bytes and the name of its nearest field."""
    if raw[:1] not in b'"123456789' or len(raw) > 42 or b"\\" in raw:
        return None
    names = [token for token in pointer.split("/") if token and not token.isdecimal()]
    name = names[-1] if names else ""
    try:
        return moment(raw[1:-1].decode(), name) if raw[:1] == b'"' else moment(raw.decode(), name, True)
    except UnicodeDecodeError:
        return None


def written(text: str, raw: bytes) -> bytes:
    """A text as the JSON value `raw` had it: with quotes or without."""
    return b'"%s"' % text.encode() if raw[:1] == b'"' else text.encode()
