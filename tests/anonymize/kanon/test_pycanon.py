"""Plans held against pycanon, which computes k, l and t of a table by itself.

It runs in an environment of its own: SMARTSANDBOX_PYCANON names a Python that has it; without that, skipped.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smartsandbox.anonymize.kanon.demands import demands_of
from smartsandbox.anonymize.kanon.methods import FullDomain, Method, Mondrian
from smartsandbox.anonymize.kanon.plan import Task, plan_groups
from smartsandbox.anonymize.kinds import AttributeKind
from smartsandbox.anonymize.leaves import Address
from smartsandbox.anonymize.sensitive import CLOSENESSES, DIVERSITIES, Bound, Sensitive

if TYPE_CHECKING:
    from conftest import Adult

PROGRAM = """
import json, sys, warnings
warnings.simplefilter("ignore")
import pandas as pd
from pycanon import anonymity
table = pd.read_json(sys.argv[1], orient="records", dtype=False)
quasi, sensitive = sys.argv[2].split(","), ["occupation"]
print(json.dumps({
    "k": int(anonymity.k_anonymity(table, quasi)),
    "l": int(anonymity.l_diversity(table, quasi, sensitive)),
    "t": float(anonymity.t_closeness(table, quasi, sensitive)),
}))
"""
QUASI = ("age", "education", "marital-status", "race", "sex")
PEOPLE = 3000


@pytest.fixture
def judge(tmp_path: Path) -> str:
    python = os.environ.get("SMARTSANDBOX_PYCANON")
    if python is None:
        pytest.skip("pycanon is not there: set SMARTSANDBOX_PYCANON to a Python that has it")
    (tmp_path / "judge.py").write_text(PROGRAM)
    return python


@pytest.mark.slow
@pytest.mark.parametrize("method", [Mondrian(), FullDomain(limit=0.05)], ids=["mondrian", "full-domain"])
def test_pycanon_finds_the_same_k_l_and_t(judge: str, adult: Adult, tmp_path: Path, method: Method) -> None:
    columns = {name: [adult.columns[name].values[code] for code in adult.columns[name].codes[:PEOPLE]] for name in
               (*QUASI, "occupation")}  # fmt: skip
    rows = {f"p{i:04d}": {name: columns[name][i] for name in QUASI} for i in range(PEOPLE)}
    held = {f"p{i:04d}": {"occupation": (columns["occupation"][i],)} for i in range(PEOPLE)}
    kinds = {name: AttributeKind.NUMBER if name == "age" else AttributeKind.CATEGORY for name in QUASI}
    l, t = Bound.parse("distinct 3", DIVERSITIES), Bound.parse("equal 0.5", CLOSENESSES)  # noqa: E741
    place = frozenset({Address("*", "response.body", ("occupation",))})
    sensitive = {"occupation": Sensitive(AttributeKind.CATEGORY, place, l, t)}
    task = Task(rows, kinds, 5, held, sensitive, method)
    plan = plan_groups(task)
    shown = [person for person in task.people if person not in plan.suppressed]
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, person in enumerate(shown):
        groups[tuple(plan.published[person][name] for name in QUASI)].append(number)
    ours = demands_of(shown, held, sensitive).assess([np.array(group) for group in groups.values()])
    measured = {demand.bound: found.worst for demand, found in ours}

    table = [{**plan.published[person], "occupation": held[person]["occupation"][0]} for person in shown]
    (tmp_path / "table.json").write_text(json.dumps(table))
    asked = [judge, str(tmp_path / "judge.py"), str(tmp_path / "table.json"), ",".join(QUASI)]
    theirs = json.loads(subprocess.run(asked, capture_output=True, check=True, text=True, env={}).stdout)

    assert theirs["k"] == min(map(len, groups.values())) >= 5
    assert theirs["l"] == measured["l"] >= 3
    assert theirs["t"] == pytest.approx(measured["t"], abs=1e-9)
