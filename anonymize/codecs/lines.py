"""Line-wise bodies: JSON lines, and server-sent events whose data are looked into."""

from __future__ import annotations

import re

from smartsandbox.anonymize.codecs.json import is_json, rewrite_json
from smartsandbox.anonymize.leaves import Pointer
from smartsandbox.anonymize.walk import Walk

_EVENT = re.compile(r"(data|event|id|retry)(: ?)(.*)")


def rewrite_json_lines(text: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str | None:
    """Visit each line of JSON lines; None unless there are two or more and every one is JSON."""
    lines = text.split("\n")
    filled = [line for line in lines if line.strip()]
    if len(filled) < 2 or not all(line.lstrip()[:1] in ("{", "[") and is_json(line) for line in filled):
        return None
    return "\n".join(_json(line, pointer, scope, walk, depth) for line in lines)


def rewrite_events(text: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str:
    """Visit the fields of a text/event-stream; a line that is no field is a comment and stays only if it is empty."""
    return "\n".join(_event(line, pointer, scope, walk, depth) for line in text.split("\n"))


def _json(line: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str:
    changed = rewrite_json(line, (*pointer, "(line)"), scope, walk, depth) if line.strip() else line
    return line if changed is None else changed


def _event(line: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str:
    match = _EVENT.fullmatch(line.rstrip("\r"))
    if match is None:
        return line if line.strip(": \r") == "" else ":"
    changed = walk.string(match[3], (*pointer, match[1]), scope, depth)
    return line if changed == match[3] else f"{match[1]}{match[2]}{(changed or '').replace(chr(10), ' ')}"
