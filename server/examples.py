"""Worked examples of every answer, for the OpenAPI document. They are values of the models, so they cannot go stale."""

from __future__ import annotations

from smartsandbox.server.models.base import Curve, Resource
from smartsandbox.server.models.evidence import CheckVerdict, Claim, Evidence, Signer
from smartsandbox.server.models.fixture import (
    CanonicalEntity,
    Distance,
    Entity,
    FixtureDetail,
    FixtureLinks,
    FixturePage,
    FixtureRows,
    FixtureSummary,
)
from smartsandbox.server.models.health import Health
from smartsandbox.server.models.pack import PackDetail, PackLinks, PackPage, PackSummary, Verification
from smartsandbox.server.models.shape import ErrorRun, FailureCount, Latency, PackShape, StatusCount

_VERSION = "2f1d9c04b7aa"
_DIGEST = "2f1d9c04b7aa51c1de4ae58b4a2d4d7bb1e3c5d0b8f2f0a4b3f6c1d2e3f40516"
_PACK = f"/api/v1/packs/payments/versions/{_VERSION}"
_FIXTURES = f"/api/v1/fixtures/payments/versions/{_VERSION}"
_CURVE = Curve(step_s=1.0, rates=[12.0, 40.0, 8.0], peak=40.0)

HEALTH = Health(status="ok", version="0.1.0", packs=2)

PACK_SUMMARY = PackSummary(
    name="payments",
    version=_VERSION,
    state="ready",
    problem=None,
    digest=_DIGEST,
    template="peak",
    service="payments",
    exchanges=60,
    sessions=9,
    endpoints=4,
    errors=3,
    span_us=2_900_000,
    certificate="passed",
    curve=_CURVE,
    links=PackLinks(
        self=_PACK,
        page=f"/packs/payments/{_VERSION}",
        shape=f"{_PACK}/shape",
        certificate=f"{_PACK}/certificate",
        verification=f"{_PACK}/verification",
        download=f"{_PACK}/download",
    ),
)
PACK_PAGE = PackPage(items=[PACK_SUMMARY], total=1, next=None)
PACK_DETAIL = PackDetail(
    summary=PACK_SUMMARY,
    seed=0,
    inputs={"trace": _DIGEST, "certificate": _DIGEST, "policy": _DIGEST},
    tools={"smartsandbox": "0.1.0", "pyarrow": "26.0.1"},
    matching={"query": "exact"},
    templates=[{"endpoint": "POST /v1/payments", "body": "/amount", "value": "request.body.amount"}],
    ledger={"seen": 300, "kept": 60, "dropped": {"outside the template's window": 240}},
    resources=[Resource(path="exchanges.parquet", rows=60, bytes=18_304, sha256=_DIGEST)],
)
PACK_SHAPE = PackShape(
    curve=_CURVE,
    latency=[
        Latency(
            endpoint="GET /v1/payments/{payment_id}",
            status=200,
            count=57,
            p50_us=8_100.0,
            p95_us=31_000.0,
            p99_us=58_400.0,
            max_us=61_000.0,
        )
    ],
    statuses=[StatusCount(endpoint="GET /v1/payments/{payment_id}", status=200, count=57)],
    failures=[FailureCount(endpoint="GET /v1/payments/{payment_id}", kind="reset", count=3)],
    error_runs=[ErrorRun(endpoint="", after_success=0.02, after_error=0.5)],
)
VERIFICATION = Verification(holds=True, problems=[])
EVIDENCE = Evidence(
    claim=Claim(
        tone="good", word="Passed", sentence="Anonymous under these tests at these bounds. 1 of 1 checks held."
    ),
    passed=True,
    problems=[],
    anonymised=True,
    digest=_DIGEST,
    content_digest=_DIGEST,
    policy_digest=_DIGEST,
    test_accounts="",
    key_commitment=_DIGEST,
    signers=[Signer(fingerprint=_DIGEST, trusted_as="publisher.pub")],
    signature_problem=None,
    verdicts=[
        CheckVerdict(
            check="k-anonymity",
            criterion="singling out",
            passed=True,
            summary="every class of quasi-identifiers holds at least 5 people",
            bounds={"k": 5},
            metrics={"smallest_class": 6, "classes": 41},
            findings=[],
            outcome="passed",
        )
    ],
    not_covered=["No check of this certificate speaks to inference."],
    ledger={"kept": 210, "replaced": 96},
)

FIXTURE_SUMMARY = FixtureSummary(
    name="payments",
    version=_VERSION,
    state="ready",
    problem=None,
    digest=_DIGEST,
    rows=300,
    entities=[
        Entity(name="account", rows=100, references={}, made_by="empirical"),
        Entity(name="payment", rows=200, references={"account": "account"}, made_by="empirical"),
    ],
    synthesizer="empirical",
    certificate="passed",
    links=FixtureLinks(
        self=_FIXTURES,
        page=f"/fixtures/payments/{_VERSION}",
        certificate=f"{_FIXTURES}/certificate",
        download=f"{_FIXTURES}/download",
    ),
)
FIXTURE_PAGE = FixturePage(items=[FIXTURE_SUMMARY], total=1, next=None)
FIXTURE_DETAIL = FixtureDetail(
    summary=FIXTURE_SUMMARY,
    seed=0,
    k=5,
    licence="Apache-2.0, part of this program",
    inputs={"trace": _DIGEST, "certificate": _DIGEST, "policy": _DIGEST},
    tools={"smartsandbox": "0.1.0", "pyarrow": "26.0.1"},
    ledger={"seen": 412, "kept": 300},
    findings=[],
    distances=[Distance(table="payment", column="currency", metric="total variation", distance=0.02, control=None)],
    canonical=[
        CanonicalEntity(
            id="acct_demo_gold", meaning="an account in good standing", table="account", key="acct_demo_gold"
        )
    ],
    resources=[Resource(path="account.parquet", rows=100, bytes=9_120, sha256=_DIGEST)],
)
FIXTURE_ROWS = FixtureRows(
    entity="account",
    columns=["id", "currency", "balance"],
    rows=[{"id": "acct_demo_gold", "currency": "EUR", "balance": 125_000}],
    total=100,
)
