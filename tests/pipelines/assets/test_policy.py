from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.policy_file import read_policy, write_policy
from smartsandbox.packs.model import Ledger
from smartsandbox.packs.progress import silent
from smartsandbox.packs.testing import a_request, a_response, an_exchange, with_endpoints
from smartsandbox.packs.trace import RAW, write_trace
from smartsandbox.pipelines.assets.policy import policy
from smartsandbox.pipelines.partitions import CaptureKey
from smartsandbox.pipelines.resources import PolicyFolder, WorkFolder

KEY = CaptureKey("payments", "2026-01-06")
Run = Callable[[], dg.MaterializeResult[None]]


@pytest.fixture
def run(tmp_path: Path, context_of: Callable[..., dg.AssetExecutionContext]) -> Run:
    def materialise() -> dg.MaterializeResult[None]:
        folders = WorkFolder(root=str(tmp_path / "work")), PolicyFolder(root=str(tmp_path / "policies"))
        result = policy(context_of(KEY), work_folder=folders[0], policy_folder=folders[1], track=silent)
        assert isinstance(result, dg.MaterializeResult)
        return result

    return materialise


def test_a_reviewed_policy_is_copied_byte_for_byte(tmp_path: Path, run: Run) -> None:
    (tmp_path / "policies").mkdir()
    text = "# reviewed by two people\n" + write_policy(Policy("payments", {}))
    (tmp_path / "policies/payments.yaml").write_text(text)
    result = run()
    assert (tmp_path / "work/payments/2026-01-06/policy.yaml").read_text() == text
    assert (result.metadata or {})["draft"] is False


def test_without_one_a_draft_is_suggested_and_says_so(tmp_path: Path, run: Run) -> None:
    items = [
        an_exchange(f"e{n}", a_request(target=f"/v1/items/{n}"), a_response(json={"n": n}), at_us=n) for n in range(3)
    ]
    write_trace(WorkFolder(root=str(tmp_path / "work")).raw(KEY), with_endpoints(items), RAW, Ledger(kept=3))
    result = run()
    written = tmp_path / "work/payments/2026-01-06/policy.yaml"
    assert written.read_text().startswith("# A DRAFT")
    assert read_policy(written).digest == (result.metadata or {})["digest"]
    assert (result.metadata or {})["draft"] is True


def test_a_reviewed_file_that_is_no_policy_fails_with_its_place(tmp_path: Path, run: Run) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/payments.yaml").write_text("decisions: [")
    with pytest.raises(dg.Failure, match=r"payments\.yaml"):
        run()
