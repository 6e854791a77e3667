"""The second opinion: asked once a value, only where a pattern could match, and missed out loud where it is absent."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from smartsandbox.anonymize.classify import recognisers
from smartsandbox.cli import run
from smartsandbox.packs.model import Ledger
from smartsandbox.packs.testing import a_request, a_response, an_exchange
from smartsandbox.packs.trace import RAW, write_trace


@pytest.mark.slow
@pytest.mark.parametrize("value", ["ann.smith@gmail.com", "4111 1111 1111 1111", "DE89370400440532013000"])
def test_identifiers_are_found(value: str) -> None:
    assert recognisers.finds_personal([value])


@pytest.mark.slow
@pytest.mark.parametrize("value", ["standard_delivery", "2.1.0", "application/json", "12 items"])
def test_words_and_versions_are_not(value: str) -> None:
    assert not recognisers.finds_personal([value])


def test_a_value_is_asked_about_once_and_one_without_a_digit_never(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def analyze(text: str, **_: object) -> list[object]:
        asked.append(text)
        return []

    monkeypatch.setattr(recognisers, "_analyzer", lambda: SimpleNamespace(analyze=analyze))
    values = ["unseen 71 before", "no digit here", "unseen 71 before"]
    assert not recognisers.finds_personal(values)
    assert not recognisers.finds_personal(values)
    assert asked == ["unseen 71 before"]


@pytest.mark.parametrize("entity", ["a@b.com", "+1 415 555 2671", "fe80::1", "078-05-1120", "GB33BUKB20201555555555"])
def test_every_kind_of_entity_gets_past_the_first_look(entity: str) -> None:
    assert recognisers.may_hold_an_entity(entity)


@pytest.mark.slow
def test_a_draft_without_presidio_says_so_and_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(recognisers, "find_spec", lambda name: None)
    exchange = an_exchange("ex_1", a_request(), a_response(json={"kind": "quillmar-71-vex"}))
    raw = write_trace(tmp_path / "raw", [exchange], RAW, Ledger(kept=1))
    assert run(["anonymize", str(raw.path), "--suggest"]) == 0
    printed = capsys.readouterr()
    assert recognisers.MISSING in printed.err
    assert "/kind: " in printed.out
