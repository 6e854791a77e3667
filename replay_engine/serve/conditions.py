"""Preconditions of a request (RFC 9110, 13) against the validators of a recorded answer."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.head import remade, value_of

IF_NONE_MATCH, IF_MODIFIED_SINCE = b"if-none-match", b"if-modified-since"

_TAG = re.compile(rb'(?:W/)?("[^"]*")|([^\s,"]+)')


def has_condition(fields: dict[bytes, bytes]) -> bool:
    """True if a request may be answered 304."""
    return IF_NONE_MATCH in fields or IF_MODIFIED_SINCE in fields


def holds_already(head: bytes, fields: dict[bytes, bytes]) -> bool:
    """True if the client that asks has the answer with this head already. If-None-Match goes before the date."""
    tags = fields.get(IF_NONE_MATCH)
    if tags is not None:
        tag = value_of(head, b"etag")
        return tag is not None and (tags.strip() == b"*" or bool(_opaque(tag) & _opaque(tags)))
    since, modified = fields.get(IF_MODIFIED_SINCE), value_of(head, b"last-modified")
    return since is not None and modified is not None and _not_later(modified, since)


def _opaque(tags: bytes) -> set[bytes]:
    """Entity tags without their weakness, which a 304 does not ask for. Some services leave out the quotes."""
    return {quoted or bare for quoted, bare in _TAG.findall(tags)}


def _not_later(modified: bytes, since: bytes) -> bool:
    try:
        return parsedate_to_datetime(modified.decode("latin-1")) <= parsedate_to_datetime(since.decode("latin-1"))
    except (ValueError, TypeError):
        return False


def not_modified(answer: Answer) -> Answer:
    """304 for an answer: its fields but those that describe a body."""
    kept = remade(
        answer.head, b"304 Not Modified", lambda name: not name.startswith(b"content-") or name == b"content-location"
    )
    return Answer(answer.plan, kept, b"", final=answer.final)
