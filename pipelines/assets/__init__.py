"""Every asset of the graph, in the order of the story; one noun a file."""

from smartsandbox.pipelines.assets.anonymised_trace import anonymised_trace
from smartsandbox.pipelines.assets.catalogue import catalogue
from smartsandbox.pipelines.assets.entity_tables import entity_tables
from smartsandbox.pipelines.assets.fixture_set import fixture_set
from smartsandbox.pipelines.assets.policy import policy
from smartsandbox.pipelines.assets.published import PUBLISHED
from smartsandbox.pipelines.assets.raw_trace import raw_trace
from smartsandbox.pipelines.assets.replay_packs import REPLAY_PACKS

ASSETS = [
    raw_trace,
    policy,
    anonymised_trace,
    entity_tables,
    fixture_set,
    *REPLAY_PACKS,
    *PUBLISHED,
    catalogue,
]
