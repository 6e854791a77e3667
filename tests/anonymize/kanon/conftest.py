"""The Adult table that ARX publishes its results on; it is read where it lies and never copied."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from smartsandbox.anonymize.kanon.delimited import read_columns, read_hierarchy
from smartsandbox.anonymize.kanon.hierarchy import Hierarchy
from smartsandbox.anonymize.kanon.table import Column, Table


@dataclass(frozen=True, slots=True)
class Adult:
    """30,162 people, nine attributes in the order of the file, a hierarchy for each."""

    columns: dict[str, Column]
    hierarchies: dict[str, Hierarchy]

    def table(self, *without: str) -> Table:
        """All attributes but those named."""
        return Table(tuple(column for name, column in self.columns.items() if name not in without))

    def levels(self, *without: str) -> list[Hierarchy]:
        """The hierarchies of `table(*without)`."""
        return [hierarchy for name, hierarchy in self.hierarchies.items() if name not in without]


@pytest.fixture(scope="session")
def adult() -> Adult:
    """Skips where the captures are absent."""
    default = Path(__file__).parents[4] / "shared" / "captures"
    folder = Path(os.environ.get("SMARTSANDBOX_CAPTURES", default)) / "tabular" / "arx"
    if not (folder / "adult.csv").is_file():
        pytest.skip("the Adult table is not there: set SMARTSANDBOX_CAPTURES to the folder that holds tabular/arx")
    raw = read_columns(folder / "adult.csv")
    hierarchies = {name: read_hierarchy(folder / f"adult_hierarchy_{name}.csv", name) for name in raw}
    columns = {name: hierarchies[name].column(values) for name, values in raw.items()}
    return Adult(columns | {"age": Column.numeric("age", raw["age"])}, hierarchies)
