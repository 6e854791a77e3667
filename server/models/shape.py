"""The shape of a pack: how often, how fast and how often wrong."""

from __future__ import annotations

from pydantic import Field

from smartsandbox.server.models.base import Curve, Model


class ShapeQuery(Model):
    """How finely the curve is drawn."""

    points: int = Field(default=120, ge=2, le=2000, examples=[120])
    """The most steps that the curve may have; a step is a whole number of seconds."""


class Latency(Model):
    """Total time of complete answers, in microseconds, from the recorded quantiles."""

    endpoint: str
    status: int
    count: int
    p50_us: float
    p95_us: float
    p99_us: float
    max_us: float


class StatusCount(Model):
    """Answers of one endpoint with one status."""

    endpoint: str
    status: int
    count: int


class FailureCount(Model):
    """Exchanges of one endpoint that had no complete answer."""

    endpoint: str
    kind: str
    count: int


class ErrorRun(Model):
    """How errors cluster: the chance that an exchange fails, after a success and after an error."""

    endpoint: str
    """Empty for the whole pack."""
    after_success: float | None
    after_error: float | None


class PackShape(Model):
    """Everything that `shape.parquet` says, in the words of a reader."""

    curve: Curve
    latency: list[Latency]
    statuses: list[StatusCount]
    failures: list[FailureCount]
    error_runs: list[ErrorRun]
