from __future__ import annotations

import click
import pytest

from smartsandbox.commands.rate import RATE


@pytest.mark.parametrize(("text", "rate"), [("50", 50.0), ("50/s", 50.0), (" 0.5/s", 0.5), (7.0, 7.0)])
def test_a_rate_is_a_number_of_requests_a_second(text: object, rate: float) -> None:
    assert RATE.convert(text, None, None) == rate


@pytest.mark.parametrize("text", ["", "/s", "2x", "50/m"])
def test_other_units_are_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="50/s"):
        RATE.convert(text, None, None)
