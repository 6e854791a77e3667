"""The OpenAPI document as a file: `python -m smartsandbox.server.openapi docs/openapi.json` writes it anew."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from smartsandbox.packs.canonical import pretty_json
from smartsandbox.server.app import create_app
from smartsandbox.server.settings import Settings


def document() -> dict[str, Any]:
    """The document, which does not depend on any store."""
    return create_app(Settings("memory://openapi")).openapi()


def content() -> bytes:
    """The document as it stands in the file."""
    return pretty_json(document())


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(content())
