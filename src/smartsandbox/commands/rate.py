"""Rates on the command line: a number of requests a second, with or without the unit that shapes and ramps need."""

from __future__ import annotations

import click


class Rate(click.ParamType[float]):
    """`50` or `50/s`."""

    name = "rate"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Requests a second. Fails with one line on anything else."""
        try:
            return float(str(value).strip().removesuffix("/s"))
        except ValueError:
            self.fail(f"{value!r} is not a rate such as 50 or 50/s", param, ctx)


RATE = Rate()
