"""Which reader a file is for, by what stands in it; names and extensions say nothing reliable."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from smartsandbox.packs.capture.files import read_head
from smartsandbox.packs.capture.log_json import is_request
from smartsandbox.packs.capture.log_lines import share_of_lines
from smartsandbox.packs.capture.nock import is_nock

HEAD = 1 << 20
ARCHIVE = "zip file"
"""What `sniff` calls a zip file, whatever is in it."""

_FRAME = re.compile(rb"[0-9]{1,12}:([0-9]{1,2}):")
# Other documents have a "log" somewhere too, so it must come first or begin like a HAR's.
_HAR = re.compile(
    rb'\A\s*\{\s*"log"\s*:(?!\s*")|"log"\s*:\s*\{\s*(\}|"(version|creator|browser|pages|entries|comment|_[^"]{1,40})"\s*:)'
)
_JSON_CASSETTE = re.compile(rb'"(http_)?interactions"\s*:\s*\[')
_YAML_CASSETTE = re.compile(
    rb"""^["':]{0,2}(http_)?interactions["']?:(\s|$)|!ruby/struct:VCR::|\A---[ \t]*\n[ \t]+(http_)?interactions:\s"""
    rb"""|\A\s*(---[ \t]*\n)?-\s+request:\s""",
    re.MULTILINE,
)

# A list of mappings, or one mapping with a word that no other format has.
_WIREMOCK = re.compile(
    rb'\A\s*\{\s*"mappings"\s*:\s*\['
    rb'|\A\s*\{(?=.*"(urlPath|urlPattern|urlPathPattern|urlPathTemplate|jsonBody|bodyFileName)"\s*:)',
    re.DOTALL,
)
_GOR = re.compile(rb"\s*[123] [0-9A-Za-z]{1,64} \d{10,20}( -?\d{1,20})?\r?\n")
_FIELDS = re.compile(rb"^#Fields:.*\bsc-status\b", re.MULTILINE)
_LINE = 64 * 1024
_LINES = 100
_LIST = re.compile(rb"\s*\[\s*(?=\{)")
_DECODER = json.JSONDecoder()
_ENOUGH = 0.2
"""The share of lines that must be a log's: servers and containers write other lines among them, above all first."""


def sniff(path: Path) -> str | None:
    """The name of the reader in READERS for this file, or None. Reads at most its first HEAD bytes; raises OSError."""
    return sniff_bytes(read_head(path, HEAD))


def sniff_bytes(head: bytes) -> str | None:
    """The same for the first bytes of a file."""
    if head.startswith(b"PK\x03\x04"):
        return ARCHIVE
    if _is_flow(head):
        return "flows"
    if b"\0" in head:
        return None
    if _GOR.match(head):
        return "gor"
    if head.lstrip()[:1] in (b"{", b"[") and (kind := _json_kind(head)):
        return kind
    if _YAML_CASSETTE.search(head):
        return "cassette"
    return "access log" if _is_log(head) else None


def _json_kind(head: bytes) -> str | None:
    found = {"har": _HAR.search(head), "cassette": _JSON_CASSETTE.search(head)}
    places = {name: match.start() for name, match in found.items() if match}
    if places:
        return min(places, key=lambda name: places[name])
    return "WireMock mappings" if _WIREMOCK.search(head) else _list_kind(_first_of_list(head))


def _list_kind(entry: Any) -> str | None:
    """By the first entry of a list: of cassettes that are nothing else, and of logs as consoles export them.

    A log with an object a line is told by its lines.
    """
    if not isinstance(entry, dict):
        return None
    names = {str(name).lower() for name in entry}
    if {"request", "response"} <= names:
        return "har" if "starteddatetime" in names else "cassette" if _has_url(entry) else None
    if is_nock(entry):
        return "cassette"
    return "access log" if is_request(entry) else None


def _has_url(entry: dict[Any, Any]) -> bool:
    """Cassettes write the URL of a request in one; a request in parts is some program's own notes."""
    requests = (value for name, value in entry.items() if str(name).lower() == "request")
    return any(isinstance(request, dict) and {"uri", "url"} & {str(n).lower() for n in request} for request in requests)


def _first_of_list(head: bytes) -> Any:
    match = _LIST.match(head)
    try:
        return _DECODER.raw_decode(head[match.end() :].decode("utf-8", "replace"))[0] if match else None
    except (ValueError, RecursionError):
        return None


def _is_log(head: bytes) -> bool:
    """A W3C log names its fields; of the others the lines tell."""
    if head.lstrip().startswith(b"#") and _FIELDS.search(head):
        return True
    lines = [line for line in head.split(b"\n") if line.strip()]
    whole = lines[:-1] if len(head) == HEAD else lines
    return share_of_lines(line[:_LINE].decode("utf-8", "replace") for line in whole[:_LINES]) >= _ENOUGH


def _is_flow(head: bytes) -> bool:
    """A tnetstring whose payload begins with a short text, the first key of the flow's state."""
    match = _FRAME.match(head)
    if match is None:
        return False
    end = match.end() + int(match.group(1))
    return head[end : end + 1] in (b",", b";")
