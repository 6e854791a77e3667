"""A file of scenarios, as people write them in YAML.

A key that stands twice is an error, and only true and false are booleans: `on` is a key here, and NO is a country.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.scenarios.reading import parse_scenarios

_BOOL = "tag:yaml.org,2002:bool"


class _Loader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse what SafeLoader would overwrite."""
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key is no text", problem_mark=key.start_mark)
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem="a key stands twice", problem_mark=key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != _BOOL or first in "tTfF"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_scenarios(file: Path) -> dict[str, Any]:
    """The JSON value of a file's scenarios, which `parse_scenarios` reads. Raises UsageError with the place."""
    try:
        value = yaml.load(file.read_bytes(), _Loader)
    except OSError as error:
        raise UsageError(f"scenarios {file}: {error.strerror or type(error).__name__}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark, why = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        where = f" line {mark.line + 1}" if mark else ""
        raise UsageError(f"scenarios {file}{where}: not YAML{f' ({why})' if why else ''}") from error
    parse_scenarios(value)
    return dict(value)
