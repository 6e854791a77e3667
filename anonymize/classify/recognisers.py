"""Presidio's pattern recognisers as a second opinion on values about to be published; the only file that knows
Presidio.

No language model is loaded: the tokenizer is blank, so recognisers of names do not take part.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from typing import Any

_ENTITIES = [
    "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "IP_ADDRESS", "CRYPTO", "US_ITIN", "UK_NHS",
]  # fmt: skip
_THRESHOLD = 0.5


def is_installed() -> bool:
    """False where the extra `anonymize` is not; nothing is then published on this opinion's strength."""
    return find_spec("presidio_analyzer") is not None


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
    analyzer = _analyzer()
    return any(
        analyzer.analyze(text=value, language="en", entities=_ENTITIES, score_threshold=_THRESHOLD) for value in values
    )
