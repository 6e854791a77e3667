"""What Presidio and presidio-structured find on the same exchanges, read as JSON documents.

Both run with all their recognisers and the blank tokenizer, as no language model is installed. Any entity that overlaps
a planted value counts as found, whatever it is called.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from bench import cache
from bench.pii.corpus import Corpus, Label
from smartsandbox.packs.model import Exchange

_SECONDS = 240
THRESHOLD = 0.35


def document(exchange: Exchange) -> dict[str, Any]:
    """An exchange as one JSON document, headers by name and the query decoded, the way a HAR viewer shows it."""
    request, response = exchange.request, exchange.response
    assert response is not None
    return {
        "path": unquote(request.path),
        "query": dict(parse_qsl(request.query)),
        "request header": dict(request.headers),
        "response header": dict(response.headers),
        "request body": json.loads(request.body or b"{}"),
        "response body": json.loads(response.body),
    }


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every scalar of a document as text, with its keys."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    elif value is not None:
        yield path, str(value)


def engine() -> Any:
    """The batch engine with the blank tokenizer and every recogniser that Presidio loads by default."""
    import spacy
    from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class BlankEngine(SpacyNlpEngine):  # type: ignore[misc]
        def load(self) -> None:
            self.nlp = {"en": spacy.blank("en")}

    analyzer = AnalyzerEngine(nlp_engine=BlankEngine(), supported_languages=["en"])
    return BatchAnalyzerEngine(analyzer_engine=analyzer)


def found_by_presidio(corpus: Corpus) -> list[set[str]]:
    """For each exchange the texts, in lower case, that an entity covers in any of its leaves.

    `analyze_dict` refuses lists of objects, so it is given each document's leaves as one flat dictionary, which is the
    call that its own documentation makes for nested data, and the names of the keys as context.
    """
    batch = engine()
    every = [_flat(document(exchange)) for exchange in corpus.exchanges]
    unique = sorted({(key.rpartition(" ")[2], text) for flat in every for key, text in flat.items()})
    spans: dict[tuple[str, str], list[str]] = {}
    for name in sorted({name for name, _ in unique}):
        texts = [text for other, text in unique if other == name]
        results = batch.analyze_iterator(texts, "en", score_threshold=THRESHOLD, context=_words(name))
        for text, result in zip(texts, results, strict=True):
            spans[name, text] = [text[one.start : one.end].casefold() for one in result]
    return [{span for key, text in flat.items() for span in spans[key.rpartition(" ")[2], text]} for flat in every]


def _words(name: str) -> list[str]:
    return name.replace("_", " ").replace("-", " ").split()


def _flat(value: dict[str, Any]) -> dict[str, str]:
    return {f"{at} {path[-1]}": text for at, (path, text) in enumerate(leaves(value))}


def covers(spans: set[str], label: Label) -> bool:
    """True if an entity overlaps the value."""
    wanted = label.value.casefold()
    return any(span and (span in wanted or wanted in span) for span in spans)


def found_by_structured(corpus: Corpus) -> list[set[str]]:
    """For each exchange the values, in lower case, that presidio-structured would replace.

    Raises AbsentError if the package cannot be had, or its run fails or takes more than four minutes.
    """
    packages = cache.kept("presidio-structured", _install)
    documents = [document(exchange) for exchange in corpus.exchanges]
    child = Path(__file__).with_name("structured_child.py")
    env_path = f"{packages}"
    try:
        done = subprocess.run(
            [sys.executable, str(child), env_path],
            input=json.dumps(documents),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            cwd=Path(__file__).parents[2],
        )
    except subprocess.TimeoutExpired as error:
        raise AbsentError("presidio-structured took more than four minutes") from error
    if done.returncode:
        raise AbsentError(f"presidio-structured failed: {(done.stderr.strip() or 'no output').splitlines()[-1][:120]}")
    paths: list[list[str]] = json.loads(done.stdout.splitlines()[-1])
    return [_under(one, set(chosen)) for one, chosen in zip(documents, paths, strict=True)]


def _under(one: dict[str, Any], chosen: set[str]) -> set[str]:
    return {text.casefold() for path, text in leaves(one) if ".".join(path) in chosen}


class AbsentError(Exception):
    """The package cannot be had here; the message says why."""


def _install(folder: Path) -> None:
    """Into a folder of its own, beside the analyzer that the project pins; their own dependencies are there already."""
    packages = ["presidio-structured", "presidio-anonymizer"]
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder), *packages]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AbsentError(f"pip could not be run ({type(error).__name__})") from error
    if done.returncode:
        raise AbsentError(f"pip failed: {(done.stderr.strip() or 'no output').splitlines()[-1][:120]}")
