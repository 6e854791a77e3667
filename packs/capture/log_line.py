"""One line of an access log, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass

from smartsandbox.packs.errors import UnreadableError

NO_REQUEST = "it holds no complete request"


@dataclass(frozen=True, slots=True)
class LogLine:
    """`status` is 0 where no answer was sent. `target` is the request target or a whole URL; `started_us` microseconds
    since the Unix epoch, None if unknown; `total_us` and `ttfb_us` run from there, None where the log does not say.
    Texts are empty where it does not.
    """

    method: str
    target: str
    status: int
    started_us: int | None
    host: str = ""
    scheme: str = "http"
    client: str = ""
    user: str = ""
    agent: str = ""
    referer: str = ""
    ttfb_us: int | None = None
    total_us: int | None = None


def said(text: str | None) -> str:
    """The text, without the dash that stands for nothing."""
    return "" if text is None or text == "-" else text


def status_of(text: str) -> int:
    """The status, 0 for the dash of a request that got no answer."""
    return 0 if text == "-" else int(text)


def request_line(text: str) -> tuple[str, str]:
    """Method and target of `GET /x HTTP/1.1`; the version may be missing. Raises UnreadableError if the target is."""
    method, _, rest = text.strip().partition(" ")
    target, _, version = rest.rpartition(" ")
    target = target if version.startswith("HTTP/") else rest
    if not target or target.split(" ")[0] == "-":
        raise UnreadableError("line", NO_REQUEST)
    return method, target


def micros(value: str | float | None, in_a_second: float = 1.0) -> int | None:
    """A duration as whole microseconds, None for anything else or less than 0. A unit behind the number counts."""
    try:
        text = str(value)
        unit = next((name for name in _UNITS if text.endswith(name)), None)
        seconds = float(text[: -len(unit)]) / _UNITS[unit] if unit else float(text) / in_a_second
    except (TypeError, ValueError):
        return None
    return round(seconds * 1e6) if 0 <= seconds < 1e9 else None


_UNITS = {"ms": 1e3, "us": 1e6, "µs": 1e6, "ns": 1e9, "s": 1.0}
