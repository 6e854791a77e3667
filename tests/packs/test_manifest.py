"""The manifest as others read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartsandbox.packs.manifest import Manifest
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack


def test_a_manifest_reads_back(tmp_path: Path) -> None:
    pack = make_pack(tmp_path, [an_exchange("e", a_request(), a_response())])

    assert Manifest.read(pack.folder) == pack.manifest
    assert pack.manifest.version == pack.manifest.digest[:12]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_frictionless_reads_it_as_a_data_package(tmp_path: Path) -> None:
    from frictionless import Package

    pack = make_pack(tmp_path, [an_exchange("e", a_request(), a_response(json={}))])
    package = Package(str(pack.folder / "manifest.json"))

    assert package.name == "sample"
    assert {resource.path for resource in package.resources} == {item.path for item in pack.manifest.resources}
    hashes = {resource.path: resource.hash for resource in package.resources}
    assert hashes == {item.path: f"sha256:{item.sha256}" for item in pack.manifest.resources}
