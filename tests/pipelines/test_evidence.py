from __future__ import annotations

from pathlib import Path

import pytest

from smartsandbox.packs.errors import NotSafeError
from smartsandbox.pipelines.evidence import Evidence, read_evidence, require_evidence


def test_evidence_reads_back_as_written(tmp_path: Path) -> None:
    evidence = Evidence("pack_verifies", "d1", ("one thing",))
    evidence.write(tmp_path / "pack_full")
    assert read_evidence(tmp_path / "pack_full", "pack_verifies") == evidence


def test_passed_evidence_for_this_content_opens_the_way(tmp_path: Path) -> None:
    Evidence("pack_verifies", "d1", ()).write(tmp_path)
    require_evidence(tmp_path, "d1", ["pack_verifies"])


def test_a_check_that_was_never_run_stops_publishing(tmp_path: Path) -> None:
    with pytest.raises(NotSafeError, match="self_replay was not run"):
        require_evidence(tmp_path, "d1", ["self_replay"])


def test_evidence_of_earlier_content_is_none_at_all(tmp_path: Path) -> None:
    Evidence("self_replay", "d1", ()).write(tmp_path)
    with pytest.raises(NotSafeError, match="was not run on this content"):
        require_evidence(tmp_path, "d2", ["self_replay"])


def test_a_failed_check_stops_publishing(tmp_path: Path) -> None:
    Evidence("self_replay", "d1", ("2 of 9 differ",)).write(tmp_path)
    with pytest.raises(NotSafeError, match="failed on this content"):
        require_evidence(tmp_path, "d1", ["self_replay"])


def test_damaged_evidence_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "self_replay.json").write_text('{"check": "self_re')
    assert read_evidence(tmp_path, "self_replay") is None
