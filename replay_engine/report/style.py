"""The style sheet of the HTML report, for light and dark screens."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --ink: #1d2430; --soft: #5b6675; --line: #d9dee6; --page: #fff;
  --recorded: #727d8f; --replayed: #0b6bcb; --good: #136f3a; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e7ebf2; --soft: #9aa6b8; --line: #2f3846; --page: #12161d;
    --recorded: #8e99ab; --replayed: #5aa9ff; --good: #5fcf8d; --bad: #ff8a80;
  }
}
body {
  font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page);
  max-width: 1040px; margin: 0 auto; padding: 0 16px 48px;
}
.banner { background: #7a4b00; color: #fff; padding: 6px 12px; border-radius: 0 0 6px 6px; font-weight: 600; }
h1 { font-size: 1.5rem; margin: 1.2rem 0 .2rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .4rem; }
p.sub { color: var(--soft); margin: .1rem 0; }
.verdict { font-weight: 700; }
.HELD { color: var(--good); }
.INVALID, .BREACHED { color: var(--bad); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 4px 8px; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; white-space: normal; }
th { color: var(--soft); font-weight: 600; }
svg { width: 100%; height: auto; display: block; }
.grid { stroke: var(--line); }
.tick, .name { font: 11px system-ui, sans-serif; fill: var(--soft); }
.name { fill: var(--ink); }
.curve { fill: none; stroke-width: 1.8; }
.recorded { color: var(--recorded); stroke: var(--recorded); }
.replayed { color: var(--replayed); stroke: var(--replayed); }
.key .recorded, .key .replayed { stroke: none; margin-right: 1.2em; }
.key i { display: inline-block; width: 1.4em; border-top: 3px solid; vertical-align: middle; margin-right: .4em; }
.dot.recorded { fill: var(--recorded); }
.dot.replayed { fill: var(--replayed); }
.span { stroke-width: 1.5; opacity: .6; }
"""
