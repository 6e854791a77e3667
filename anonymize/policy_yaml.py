"""The YAML of a policy as nodes with line numbers, from a file that may have been written to do harm.

The parser is driven event by event first, because composing nodes recurses: deep nesting would end the process, and
aliases would let a small file stand for a huge or an endless one.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from smartsandbox.packs.errors import UsageError

MAX_BYTES = 8 * 1024 * 1024
"""Many times the longest policy drafted from the captures at hand."""

MAX_DEPTH = 16
"""A policy nests six deep."""

_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


def read_text(path: Path) -> str:
    """The text of a policy file. Raises UsageError if it is missing, unreadable or too large."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UsageError(
                f"policy {path} has {size} bytes; at most {MAX_BYTES} are read: decide under '*' what endpoints share"
            )
        return path.read_text("utf-8")
    except FileNotFoundError as error:
        raise UsageError(f"no policy at {path}: draft one with `smartsandbox anonymize TRACE --suggest`") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"policy {path} cannot be read ({type(error).__name__}): give a UTF-8 text file") from error


def compose(text: str, name: str) -> yaml.Node | None:
    """The root node. Raises UsageError for what is no YAML, nests too deep, or uses aliases."""
    try:
        _require_plain(text, name)
        return yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "the file"
        raise UsageError(f"policy {name}, {place}: not YAML ({getattr(error, 'problem', 'malformed')})") from error


def _require_plain(text: str, name: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH or isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark else 1
            fault = "an alias; write the lines out, or decide under '*'" if depth <= MAX_DEPTH else "nested too deep"
            raise UsageError(f"policy {name}, line {line}: {fault}")
