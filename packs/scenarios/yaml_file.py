"""A file of scenarios, as people write them in YAML.

A key that stands twice is an error, and only true and false are booleans: `on` is a key here, and NO is a country.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from smartsandbox.packs.scenarios.reading import parse_scenarios
from smartsandbox.packs.yaml_file import read_yaml

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
    value = read_yaml(file, "scenarios", _Loader)
    parse_scenarios(value)
    return dict(value)
