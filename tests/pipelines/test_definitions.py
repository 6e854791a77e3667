from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from smartsandbox.packs.slices import TEMPLATES
from smartsandbox.pipelines.assets.replay_packs import TEMPLATES as PACK_TEMPLATES
from smartsandbox.pipelines.checks import CHECKS
from smartsandbox.pipelines.definitions import defs

GOLDEN = Path(__file__).with_name("graph.json")
HEAVY = ["torch", "sdv", "spacy", "presidio_analyzer", "mitmproxy", "pandas", "numpy", "pyarrow", "duckdb", "sklearn"]
ROOT = Path(__file__).parents[2]


def graph() -> dict[str, object]:
    """Every asset with what a reader of the graph sees of it, and its checks."""
    assets = defs.resolve_asset_graph()
    return {
        key.to_user_string(): {
            "after": sorted(parent.to_user_string() for parent in assets.get(key).parent_keys),
            "group": assets.get(key).group_name,
            "kinds": sorted(assets.get(key).kinds),
            "owners": sorted(assets.get(key).owners),
            "pii": assets.get(key).tags["pii"],
            "partitioned": assets.get(key).partitions_def is not None,
            "description": assets.get(key).description,
            "checks": sorted(check.name for check in assets.get(key).check_keys),
        }
        for key in assets.toposorted_asset_keys
    }


def test_the_graph_is_the_one_that_was_reviewed() -> None:
    """After a change that is meant: write `graph()` into graph.json and review the difference."""
    assert graph() == json.loads(GOLDEN.read_text())


def test_every_asset_has_a_code_version_and_a_description() -> None:
    for asset in defs.resolve_all_asset_specs():
        assert asset.code_version, asset.key
        assert asset.description, asset.key


def test_every_check_blocks_but_the_one_on_fidelity() -> None:
    specs = [spec for check in CHECKS for spec in check.check_specs]
    assert len(specs) == 18
    assert [spec.name for spec in specs if not spec.blocking] == ["fidelity"]


def test_there_is_a_pack_for_every_template() -> None:
    assert set(PACK_TEMPLATES) == set(TEMPLATES)


def test_the_definitions_are_loadable() -> None:
    dg.Definitions.validate_loadable(defs)


def test_loading_imports_nothing_heavy() -> None:
    """A budget by module instead of by time: it also prints what loading costs, for `pytest -s`."""
    code = f"""
import json, sys
import smartsandbox.pipelines.definitions
print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))
"""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    slowest = sorted(done.stderr.splitlines(), key=lambda line: line.split("|")[1:2], reverse=True)[:10]
    print("\n".join(slowest))
    assert json.loads(done.stdout) == []


@pytest.mark.slow
def test_dagster_itself_finds_and_validates_the_definitions(tmp_path: Path) -> None:
    program = str(Path(sys.executable).with_name("dagster"))
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "DAGSTER_HOME": str(tmp_path)}
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    command = [program, "definitions", "validate"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stderr
