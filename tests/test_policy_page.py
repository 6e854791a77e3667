"""The policy page names every field, decision, location, surrogate class and bound that there is, and its examples are
policies.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import pytest
import yaml

from smartsandbox.anonymize.kinds import AttributeKind
from smartsandbox.anonymize.policy import LOCATIONS, Action
from smartsandbox.anonymize.policy_file import FIELDS, parse_policy, write_policy
from smartsandbox.anonymize.recoding import Recoding
from smartsandbox.anonymize.sensitive import CLOSENESSES, DIVERSITIES
from smartsandbox.anonymize.surrogates import CLASSES

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "policy.md").read_text()
BOUNDS = [*(f"l: {form}" for form in DIVERSITIES), *(f"t: {form}" for form in CLOSENESSES)]
WORDS = [*Action, *sorted(map(str, LOCATIONS)), *CLASSES, *FIELDS, *AttributeKind, *Recoding, *BOUNDS]


@pytest.mark.parametrize("word", [str(word) for word in WORDS])
def test_the_page_names_it(word: str) -> None:
    assert f"`{word}" in PAGE


def blocks() -> list[str]:
    """The indented blocks of the page."""
    parts = groupby(PAGE.splitlines(), lambda line: line.startswith("    "))
    return ["\n".join(line[4:] for line in lines) + "\n" for indented, lines in parts if indented]


EXAMPLES = [block for block in blocks() if "decisions:" in block]
ROWS = [block for block in blocks() if "decisions:" not in block]


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_is_a_policy(number: int, tmp_path: Path) -> None:
    (tmp_path / "hierarchies").mkdir()
    (tmp_path / "hierarchies" / "postcode.csv").write_text(ROWS[0])
    text = EXAMPLES[number] if "service:" in EXAMPLES[number] else "service: payments\n" + EXAMPLES[number]
    policy = parse_policy(text, str(tmp_path / "policy.yaml"))
    assert parse_policy(write_policy(policy), str(tmp_path / "policy.yaml")).digest == policy.digest


def test_the_examples_show_every_field() -> None:
    assert {field for example in EXAMPLES for field in yaml.safe_load(example)} == set(FIELDS)
    assert len(ROWS) == 1
