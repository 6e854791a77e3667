"""Path templates fit to be published: a literal segment that could name someone becomes a parameter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from smartsandbox.anonymize.keynames import is_value_key, tokens_of
from smartsandbox.anonymize.lexicon import personal_names
from smartsandbox.anonymize.vocabulary import Vocabulary
from smartsandbox.packs.endpoints import EndpointTable, infer_endpoints, parameter_name

_PARAMETER = re.compile(r"\{(\w+)\}")
_VERSION = re.compile(r"v\d+(?:\.\d+)?(?:(?:alpha|beta)\d*)?|\d{1,2}(?:\.\d)?|[.~*\-]{1,2}", re.IGNORECASE)
_WORDLIKE = re.compile(r"[A-Za-z]{2,}(?:[._-][A-Za-z]+){0,4}")
_OFTEN = 5


def safe_endpoints(requests: Iterable[tuple[str, str]], private: Callable[[str], bool]) -> EndpointTable:
    """Infer endpoints and turn every literal that is not evidently a word of the API into a parameter.

    `private` says whether a segment is a sensitive value of the capture.
    """
    pairs = list(requests)
    table = infer_endpoints(pairs)
    often = _frequent(table, pairs)
    vocabulary = Vocabulary()

    def is_literal(segment: str) -> bool:
        if not segment or _VERSION.fullmatch(segment):
            return True
        if private(segment):
            return False
        return vocabulary.is_public(segment) or (segment in often and _is_wordlike(segment))

    return EndpointTable.of(_settled(name, is_literal) for name in table.names)


def _frequent(table: EndpointTable, pairs: list[tuple[str, str]]) -> frozenset[str]:
    """Literal segments of at least five requests."""
    counts: Counter[str] = Counter()
    for method, path in pairs:
        bound = table.match(method, path)
        if bound is not None:
            counts.update({part for part in bound.name.split("/")[1:] if not part.startswith("{")})
    return frozenset(segment for segment, count in counts.items() if count >= _OFTEN)


def _is_wordlike(segment: str) -> bool:
    return (
        _WORDLIKE.fullmatch(segment) is not None
        and not is_value_key(segment)
        and not any(token in personal_names() for token in tokens_of(segment))
    )


def _settled(name: str, is_literal: Callable[[str], bool]) -> str:
    """The template with private literals as parameters; parameters are named after the nearest literal again."""
    method, _, path = name.partition(" ")
    if path == "*" or all(_PARAMETER.fullmatch(part) or is_literal(part) for part in path.split("/")):
        return name
    settled: list[str] = []
    for segment in path.split("/"):
        if _PARAMETER.fullmatch(segment) or not is_literal(segment):
            segment = "{" + parameter_name(settled) + "}"
        settled.append(segment)
    return f"{method} {'/'.join(settled)}"
