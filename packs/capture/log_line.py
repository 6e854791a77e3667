"""One line of an access log, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogLine:
    """`target` is the request target or a whole URL; `started_us` microseconds since the Unix epoch, None if unknown;
    `total_us` and `ttfb_us` run from there, None where the log does not say. Texts are empty where it does not.
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


def micros(seconds: str | float | None) -> int | None:
    """Seconds as whole microseconds, None for anything else or less than 0."""
    try:
        value = float(seconds) if seconds not in (None, "", "-") else -1.0
    except (TypeError, ValueError):
        return None
    return round(value * 1e6) if 0 <= value < 1e9 else None
