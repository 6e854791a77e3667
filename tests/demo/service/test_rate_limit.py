from __future__ import annotations

import pytest

from smartsandbox.demo.service.errors import ApiError
from smartsandbox.demo.service.rate_limit import RateLimit


def test_a_bucket_gives_its_burst_and_fills_again() -> None:
    limit = RateLimit(burst=2, per_second=4)
    limit.take("a", 0.0)
    limit.take("a", 0.0)
    with pytest.raises(ApiError, match="at most 4 per second"):
        limit.take("a", 0.1)
    limit.take("a", 0.25)


def test_callers_do_not_share_a_bucket() -> None:
    limit = RateLimit(burst=1, per_second=1)
    limit.take("a", 0.0)
    limit.take("b", 0.0)
