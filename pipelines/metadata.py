"""What a materialisation shows in the Dagster UI: tables, column schemas, lineage and a plot, as metadata values.

Metadata is stored in Dagster's database and read by everyone who can open the UI, so it carries names, counts and
digests, never a captured value.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

from smartsandbox.pipelines.plot import Series, line_plot

if TYPE_CHECKING:
    import pyarrow as pa

MAX_ROWS = 200
"""A table in the UI shows this many rows and says how many it left out."""


def column_schema(schema: "pa.Schema") -> dg.TableSchema:
    """An Arrow schema as Dagster's column schema."""
    return dg.TableSchema([dg.TableColumn(field.name, str(field.type)) for field in schema])


def same_columns(schema: "pa.Schema", upstream: str) -> dg.TableColumnLineage:
    """Lineage where every column comes from the column of the same name in `upstream`."""
    key = dg.AssetKey(upstream)
    return dg.TableColumnLineage({name: [dg.TableColumnDep(key, name)] for name in schema.names})


def markdown_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> dg.MarkdownMetadataValue:
    """A Markdown table, or "none" without rows; cells are escaped, and rows past MAX_ROWS are counted."""
    items = list(rows)
    if not items:
        return dg.MetadataValue.md("none")
    lines = [_line(columns), _line(["---"] * len(columns)), *(_line(row) for row in items[:MAX_ROWS])]
    if len(items) > MAX_ROWS:
        lines.append(f"\n{len(items) - MAX_ROWS} more rows are not shown.")
    return dg.MetadataValue.md("\n".join(lines))


def _line(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def counts_table(title: str, counts: Mapping[str, object]) -> dg.MarkdownMetadataValue:
    """A two-column Markdown table of counts by name, largest first where they are numbers."""
    rows = sorted(counts.items(), key=lambda item: (-item[1] if isinstance(item[1], int) else 0, item[0]))
    return markdown_table([title, "count"], rows)


def ledger_table(ledger: Mapping[str, Any]) -> dg.MarkdownMetadataValue:
    """A ledger as a table: what was seen, kept, dropped and why."""
    rows: list[tuple[str, object]] = [("seen", ledger["seen"]), ("kept", ledger["kept"])]
    rows += [(f"dropped: {reason}", count) for reason, count in ledger["dropped"].items()]
    rows += [(f"note: {what}", count) for what, count in ledger["notes"].items()]
    rows += [("unreadable files", len(ledger["unreadable_files"]))]
    return markdown_table(["exchanges", "count"], rows)


def plot(title: str, series: Sequence[Series], x: str, y: str) -> dg.MarkdownMetadataValue:
    """A line plot as an inline SVG picture in Markdown."""
    svg = line_plot(title, series, x, y).encode()
    return dg.MetadataValue.md(f"![{title}](data:image/svg+xml;base64,{b64encode(svg).decode()})")
