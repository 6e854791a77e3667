"""Which reader a file is for, by what stands in it; names and extensions say nothing reliable."""

from __future__ import annotations

import re
from pathlib import Path

import orjson

from smartsandbox.packs.capture.files import read_head
from smartsandbox.packs.capture.log_common import COMMON
from smartsandbox.packs.capture.log_json import is_request

HEAD = 1 << 20

_FRAME = re.compile(rb"[0-9]{1,12}:([0-9]{1,2}):")
# Other documents have a "log" somewhere too, so it must come first or begin like a HAR's.
_HAR = re.compile(
    rb'\A\s*\{\s*"log"\s*:|"log"\s*:\s*\{\s*(\}|"(version|creator|browser|pages|entries|comment|_[^"]{1,40})"\s*:)'
)
_JSON_CASSETTE = re.compile(rb'"(http_)?interactions"\s*:\s*\[')
_YAML_CASSETTE = re.compile(
    rb"""^["':]{0,2}(http_)?interactions["']?:(\s|$)|!ruby/struct:VCR::|\A---[ \t]*\n[ \t]+(http_)?interactions:\s""",
    re.MULTILINE,
)

_GOR = re.compile(rb"\s*[123] [0-9A-Za-z]{1,64} \d{10,20}( -?\d{1,20})?\r?\n")
_FIELDS = re.compile(rb"^#Fields:.*\bsc-status\b", re.MULTILINE)
_LINE = 64 * 1024


def sniff(path: Path) -> str | None:
    """The name of the reader in READERS for this file, or None. Reads at most its first HEAD bytes; raises OSError."""
    return sniff_bytes(read_head(path, HEAD))


def sniff_bytes(head: bytes) -> str | None:
    """The same for the first bytes of a file."""
    if _is_flow(head):
        return "flows"
    if b"\0" in head:
        return None
    if _GOR.match(head):
        return "gor"
    if head.lstrip()[:1] in (b"{", b"["):
        return _json_kind(head)
    if _YAML_CASSETTE.search(head):
        return "cassette"
    return "access log" if _is_log(head) else None


def _json_kind(head: bytes) -> str | None:
    found = {"har": _HAR.search(head), "cassette": _JSON_CASSETTE.search(head)}
    places = {name: match.start() for name, match in found.items() if match}
    if places:
        return min(places, key=lambda name: places[name])
    return "access log" if _is_json_log(head) else None


def _is_log(head: bytes) -> bool:
    """A W3C log names its fields; of the others the first line that is not empty tells."""
    if head.startswith(b"#"):
        return _FIELDS.search(head) is not None
    first = head.lstrip().partition(b"\n")[0][:_LINE].decode("utf-8", "replace")
    return COMMON.fullmatch(first.strip()) is not None


def _is_json_log(head: bytes) -> bool:
    try:
        return is_request(orjson.loads(head.lstrip().partition(b"\n")[0]))
    except orjson.JSONDecodeError:
        return False


def _is_flow(head: bytes) -> bool:
    """A tnetstring whose payload begins with a short text, the first key of the flow's state."""
    match = _FRAME.match(head)
    if match is None:
        return False
    end = match.end() + int(match.group(1))
    return head[end : end + 1] in (b",", b";")
