"""What the product does to the planted values: a drafted policy, the real run, and a look at what came out."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Protocol

from bench.pii.corpus import Corpus, Label
from smartsandbox.anonymize.apply import prepare
from smartsandbox.anonymize.keys import GivenKey
from smartsandbox.anonymize.leaves import Leaf, Location
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.rewrite import rewrite
from smartsandbox.anonymize.suggest import suggest_policy, without_quasi_identifiers
from smartsandbox.anonymize.transform import Transformer
from smartsandbox.packs.model import Exchange, Ledger
from smartsandbox.packs.trace import RAW, write_trace

TEST_KEY = "07" * 32
"""A given key, so that two runs print the same; nothing that is made with it is kept."""

LOCATIONS = {
    "path": Location.PATH,
    "query": Location.QUERY,
    "request header": Location.REQUEST_HEADER,
    "response header": Location.RESPONSE_HEADER,
    "cookie": Location.REQUEST_COOKIE,
    "request body": Location.REQUEST_BODY,
    "response body": Location.RESPONSE_BODY,
}


class Published(Protocol):
    """Whether what a label planted can be read in what was published."""

    def __call__(self, label: Label) -> bool:
        """True if the value stands there as it was."""
        ...


def published(corpus: Corpus, folder: Path) -> Published:
    """Rewrite the corpus under the drafted policy.

    Its quasi-identifiers become surrogates, because a group's common value may by chance be a member's own. The gates
    that follow a run are not asked: people who were drawn at random are not what they are about.
    """
    ledger = Ledger()
    ledger.keep(len(corpus.exchanges))
    raw = write_trace(folder / "raw", corpus.exchanges, RAW, ledger)
    policy = without_quasi_identifiers(suggest_policy(raw))
    settled, _ = prepare(raw, policy, GivenKey(TEST_KEY).key())
    after = {new.id: _values(policy, new) for new in Transformer(settled).run(settled.spared.of(raw.exchanges()))}
    seen = [after[settled.published_id(exchange.id)] for exchange in corpus.exchanges]

    def standing(label: Label) -> bool:
        values = seen[label.exchange][LOCATIONS[label.place]]
        wanted = label.value.casefold()
        if label.encoding == "free text":
            return any(wanted in value for pointer, value in values if pointer[-1:] == (label.name,))
        return any(value == wanted and _is_named(pointer, label) for pointer, value in values)

    return standing


def _is_named(pointer: tuple[str, ...], label: Label) -> bool:
    """A path segment stands under its parameter's name, the others under their own."""
    return label.place == "path" or label.class_name != "" or label.name in pointer


def _values(policy: Policy, exchange: Exchange) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """Every leaf of an exchange by location, taken apart as deep as it goes."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)

    def visit(leaf: Leaf) -> str:
        found[leaf.location].append((leaf.pointer, leaf.value.casefold()))
        return leaf.value

    bound = policy.table.match(exchange.request.method, exchange.request.path)
    if bound is not None:
        rewrite(exchange, bound, visit, policy.is_map)
    return found
