"""Presidio's pattern recognisers as a second opinion on values about to be published; the only file that knows
Presidio.

They cost about a millisecond a value, so each distinct value is asked about once in a process and one that no pattern
could match is not asked about. No language model is loaded: the tokenizer is blank, and recognisers of names, which
need one, do not take part. Free text is not their business: it is replaced unless its wording is known to be harmless.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.util import find_spec
from typing import Any

_ENTITIES = [
    "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "IP_ADDRESS", "CRYPTO", "US_ITIN", "UK_NHS",
]  # fmt: skip
_THRESHOLD = 0.5
_PARTS = ("presidio_analyzer", "spacy")

MISSING = (
    "note: presidio-analyzer is not installed, so nobody gives a second opinion on the values that this draft would "
    "publish: pip install 'smartsandbox[anonymize]', or look closely at its lines with keep and common"
)
"""What a draft made without it should say."""


def is_installed() -> bool:
    """False where the extra `anonymize` is not; the draft then stands without a second opinion."""
    return all(find_spec(name) is not None for name in _PARTS)


@cache
def _analyzer() -> Any:
    import spacy
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class BlankEngine(SpacyNlpEngine):  # type: ignore[misc]
        def load(self) -> None:
            self.nlp = {"en": spacy.blank("en")}

    return AnalyzerEngine(nlp_engine=BlankEngine(), supported_languages=["en"])


def finds_personal(values: Iterable[str]) -> bool:
    """True if a recogniser is at least half sure of an identifier in any of the values."""
    return any(_is_personal(value) for value in values if may_hold_an_entity(value))


def may_hold_an_entity(value: str) -> bool:
    """False for a text without a digit, an at sign or a colon, which every pattern asks for."""
    return any(char.isdigit() or char in "@:" for char in value)


@lru_cache(maxsize=65536)
def _is_personal(value: str) -> bool:
    return bool(_analyzer().analyze(text=value, language="en", entities=_ENTITIES, score_threshold=_THRESHOLD))
