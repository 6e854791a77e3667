"""Canaries in every code and every place, through the real run, looked for by a search that shares no code with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from smartsandbox.anonymize.suggest import draft
from smartsandbox.anonymize.testing.canaries import CORE, Canary, core_of, plant, value_for
from smartsandbox.anonymize.testing.codings import CODINGS, Chain, chains, encoded
from smartsandbox.anonymize.testing.search import Search
from smartsandbox.packs.certificate import SafeTrace
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.publish import Draft, publish_pack
from smartsandbox.packs.trace import Trace

Anonymized = Callable[..., SafeTrace]
FEW: list[Chain] = [(), *chains(1), *list(chains(2))[::37]]
PLACES = {
    "path", "query", "host", "reason", "request header", "response header", "referer", "location", "credentials",
    "request cookie", "response cookie", "joined cookie", "cookie attribute", "request body", "response body",
    "message sent", "message received", "close reason",
}  # fmt: skip


def left(planted: Iterable[Canary], folders: Iterable[Path]) -> Counter[str]:
    """Canaries found in the files of the folders, by place and codings."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    found = Search(canary.core for canary in planted).in_files(files).values()
    cores = set().union(*found)
    return Counter(f"{one.place}: {' in '.join(one.codings)}" for one in planted if one.core in cores)


def published(chosen: Iterable[Chain], anonymized: Anonymized, folder: Path) -> tuple[list[Canary], list[Path]]:
    """What was planted, and the folders of the anonymised trace and of a pack made from it."""
    exchanges, planted = plant(chosen)
    policy = replace(draft(lambda: exchanges, "tidewater"), test_accounts="planted values")
    safe = anonymized(exchanges, policy)
    publish_pack(safe, Draft("canaries"), folder / "pack")
    return planted, [safe.trace.path, folder / "pack"]


def test_every_place_is_planted_and_every_canary_is_another() -> None:
    _, planted = plant(FEW)
    assert {canary.place for canary in planted} == PLACES
    assert len({canary.core for canary in planted}) == len(planted)
    assert all(len(canary.core) == CORE for canary in planted)


def test_the_search_finds_every_canary_where_nothing_was_anonymised(
    raw_trace: Callable[[Iterable[Exchange]], Trace],
) -> None:
    exchanges, planted = plant(FEW)
    assert len(left(planted, [raw_trace(exchanges).path])) == len({(one.place, one.codings) for one in planted})


def test_no_canary_is_left_in_any_place_in_a_few_of_all_codings(anonymized: Anonymized, tmp_path: Path) -> None:
    assert left(*published(FEW, anonymized, tmp_path)) == Counter()


@pytest.mark.slow
@pytest.mark.parametrize("outermost", [coding.name for coding in CODINGS])
def test_no_canary_is_left_in_any_three_codings(outermost: str, anonymized: Anonymized, tmp_path: Path) -> None:
    chosen = [chain for length in (1, 2, 3) for chain in chains(length) if chain[-1].name == outermost]
    assert left(*published(chosen, anonymized, tmp_path)) == Counter()


def test_chains_compose_where_text_stays_text() -> None:
    by_name = {coding.name: coding for coding in CODINGS}
    json, gzip, base64 = by_name["json"], by_name["gzip"], by_name["base64"]
    pairs = set(chains(2))
    assert (gzip, base64) in pairs
    assert (gzip, json) not in pairs
    assert (gzip, base64, json) in set(chains(3))


@pytest.mark.parametrize("kind", range(4))
def test_a_core_is_part_of_the_value_whatever_its_case(kind: int) -> None:
    value = value_for("here", kind)
    assert core_of(value).decode() in value.lower()
    assert value == value_for("here", kind) != value_for("there", kind)


def test_the_search_undoes_codings_that_no_codec_of_ours_knows() -> None:
    core = core_of(value_for("here", 0))
    double = encoded(core.decode(), [coding for coding in CODINGS if coding.name in ("raw deflate", "br")])
    assert Search([core]).in_bytes(double.hex().encode()) == {core}
    assert Search([core]).in_bytes(b"nothing of the kind") == set()
