"""Capture formats: recordings of other tools in, exchanges out. A reader a format, and one table of them."""

from __future__ import annotations

from smartsandbox.packs.capture.access_log import read_access_log
from smartsandbox.packs.capture.archive import read_archive
from smartsandbox.packs.capture.base import Reader
from smartsandbox.packs.capture.cassettes import read_cassette
from smartsandbox.packs.capture.detect import ARCHIVE
from smartsandbox.packs.capture.gor import read_gor
from smartsandbox.packs.capture.har import read_har
from smartsandbox.packs.capture.mitm import read_flows
from smartsandbox.packs.capture.wiremock import read_wiremock

READERS: dict[str, Reader] = {
    "har": read_har,
    "cassette": read_cassette,
    "flows": read_flows,
    "gor": read_gor,
    "access log": read_access_log,
    "WireMock mappings": read_wiremock,
    ARCHIVE: read_archive,
}
"""Reader by the name that `detect.sniff` gives."""
