"""Taking entries out of a capture file: HAR and JSON cassettes as documents, YAML cassettes line by line, others by
their records (`record_removal`).

What stays of a YAML cassette stays byte for byte, with the tags of the recorder that wrote it. A file that cannot be
cut so, such as a damaged one, has to be deleted by hand.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping, Set
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson
import yaml

from smartsandbox.packs.capture.cassettes import LISTS
from smartsandbox.packs.capture.files import read_document
from smartsandbox.packs.capture.json_entries import parse_json
from smartsandbox.packs.capture.record_removal import Holds, without_flows, without_log_lines, without_pairs

_GZIP_MAGIC = b"\x1f\x8b"


def without_entries(path: Path, kind: str, unwanted: Set[int], holds: Holds) -> bytes | None:
    """The bytes of the file without the entries at these indices, counted from 0, packed as it was.

    Entries that no reader could make an exchange of go as well if their text `holds`; what stands outside the entries
    is emptied where it does. None if this kind of file cannot be cut.
    """
    remove = REMOVALS.get(kind)
    rest = None if remove is None else remove(read_document(path), unwanted, holds)
    if rest is None:
        return None
    with path.open("rb") as stream:
        packed = stream.read(2) == _GZIP_MAGIC
    return gzip.compress(rest, mtime=0) if packed else rest


def without_interactions(data: bytes, unwanted: Set[int], holds: Holds) -> bytes | None:
    """A HAR file or a cassette without the entries at these indices."""
    document = _document(data)
    return _without_lines(data, unwanted, holds) if document is None else _without_items(document, unwanted, holds)


REMOVALS: Mapping[str, Callable[[bytes, Set[int], Holds], bytes | None]] = MappingProxyType(
    {
        "har": without_interactions,
        "cassette": without_interactions,
        "flows": without_flows,
        "gor": without_pairs,
        "access log": without_log_lines,
    }
)
"""By the name that `detect.sniff` gives: the content without the entries at these indices and those whose text holds
what is to be removed, or None.
"""


BY_RECORD = frozenset(("flows", "gor", "access log"))
"""Kinds whose entries go for what their text holds, too, and not only for what a reader makes of them."""


def _document(data: bytes) -> Any | None:
    """JSON, also with the NaN and lone surrogates that browsers write; None for anything else."""
    found = parse_json(data)
    try:
        return json.loads(data, strict=False) if found is None else found
    except (ValueError, RecursionError):
        return None


def _without_items(document: Any, unwanted: Set[int], holds: Holds) -> bytes | None:
    if isinstance(document, list):
        return _dumped(_kept(document, unwanted, holds))
    log = document.get("log", document) if isinstance(document, dict) else None
    name = next(
        (name for name in ("entries", *LISTS) if isinstance(log, dict) and isinstance(log.get(name), list)), None
    )
    if name is None or not isinstance(log, dict):
        return None
    entries = _kept(log.pop(name), unwanted, holds)
    around = _emptied(document, holds)
    around.get("log", around)[name] = entries
    return _dumped(around)


def _kept(entries: list[Any], unwanted: Set[int], holds: Holds) -> list[Any]:
    return [entry for index, entry in enumerate(entries) if index not in unwanted and not _text_holds(entry, holds)]


def _text_holds(value: Any, holds: Holds) -> bool:
    """Any text in a JSON value, looked at one by one so that no two of them are taken together; numbers as written."""
    if isinstance(value, dict):
        return any(_text_holds(part, holds) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return any(_text_holds(part, holds) for part in value)
    return isinstance(value, str) and holds(value)


def _emptied(value: Any, holds: Holds) -> Any:
    if isinstance(value, dict):
        return {name: _emptied(part, holds) for name, part in value.items() if not holds(name)}
    if isinstance(value, list):
        return [_emptied(part, holds) for part in value]
    return "" if isinstance(value, str) and holds(value) else value


def _dumped(document: Any) -> bytes:
    try:
        return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    except (orjson.JSONEncodeError, TypeError):
        return json.dumps(document, indent=2).encode("utf-8", "surrogatepass") + b"\n"


def _without_lines(data: bytes, unwanted: Set[int], holds: Holds) -> bytes | None:
    try:
        text = data.decode("utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError):
        return None
    items = _block_items(root)
    if items is None:
        return None
    lines = text.splitlines(keepends=True)
    starts = [_dash_line(item, lines) for item in items]
    ends = [*starts[1:], items[-1].end_mark.line if items else 0]
    if items and items[-1].end_mark.column:
        ends[-1] += 1
    return _cut(lines, list(zip(starts, ends, strict=True)), unwanted, holds)


def _cut(lines: list[str], spans: list[tuple[int, int]], unwanted: Set[int], holds: Holds) -> bytes | None:
    gone: set[int] = set()
    for index, (start, end) in enumerate(spans):
        if index in unwanted or holds("".join(lines[start:end])):
            gone.update(range(start, end))
    return "".join(line for number, line in enumerate(lines) if number not in gone).encode()


def _block_items(root: Any) -> list[Any] | None:
    """The items of the list of interactions, if it is written one item below the other."""
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    nodes = [value for key, value in pairs if str(key.value).lstrip(":") in LISTS]
    if not nodes or not isinstance(nodes[0], yaml.SequenceNode) or nodes[0].flow_style:
        return None
    return list(nodes[0].value)


def _dash_line(item: Any, lines: list[str]) -> int:
    """The line of an item's dash, which stands on the line where it starts or, after a tag or comment, above."""
    line: int = item.start_mark.line
    while line > 0 and not lines[line].lstrip().startswith("-"):
        line -= 1
    return line
