"""Runs in a process of its own, with presidio-structured on its path: JSON documents in, the paths it maps out."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Print, for each document of standard input, the dotted paths that presidio-structured maps to an entity."""
    sys.path.append(sys.argv[1])
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from presidio_structured import JsonAnalysisBuilder

    from bench.pii.theirs import THRESHOLD, engine

    logging.disable(logging.WARNING)
    builder = JsonAnalysisBuilder(analyzer=engine().analyzer_engine, analyzer_score_threshold=THRESHOLD)
    print(json.dumps([_mapped(builder, document) for document in json.load(sys.stdin)]))


def _mapped(builder: Any, document: dict[str, Any]) -> list[str]:
    """It refuses documents with a list of objects; such a part is given to it object by object."""
    try:
        return list(builder.generate_analysis(document, language="en").entity_mapping)
    except ValueError:
        return [path for part, inner in _parts(document) for path in _safely(builder, part, inner)]


def _parts(document: dict[str, Any]) -> list[tuple[str, Any]]:
    found = []
    for key, value in document.items():
        if isinstance(value, dict):
            lists = {name: inner for name, inner in value.items() if isinstance(inner, list)}
            found.append((f"{key}.", {name: inner for name, inner in value.items() if name not in lists}))
            found += [(f"{key}.{name}.", item) for name, inner in lists.items() for item in inner]
        else:
            found.append(("", {key: value}))
    return found


def _safely(builder: Any, prefix: str, part: Any) -> list[str]:
    try:
        mapping = builder.generate_analysis(part, language="en").entity_mapping if part else {}
    except ValueError:
        return []
    return [prefix + path for path in mapping]


if __name__ == "__main__":
    main()
