"""Interchange: packs in the formats of other tools. An exporter a format, and one table of them.

What comes in from other tools is read by `packs.capture`.
"""

from __future__ import annotations

from smartsandbox.packs.interchange import curl, har, hoverfly, k6, wiremock
from smartsandbox.packs.interchange.base import Exporter

EXPORTERS: dict[str, Exporter] = {
    "har": Exporter("HAR 1.2", har.write_har),
    "wiremock": Exporter("WireMock mappings", wiremock.write_mappings),
    "hoverfly": Exporter("a Hoverfly simulation", hoverfly.write_simulation),
    "k6": Exporter("a k6 script, with its data beside it", k6.write_script),
    "curl": Exporter("cURL commands as a shell script", curl.write_commands),
}
"""Exporter by the name that `smartsandbox packs export --as` takes."""
