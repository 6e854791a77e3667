"""Reading a YAML file that a person wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from smartsandbox.packs.errors import UsageError


def read_yaml(file: Path, what: str, loader: type[yaml.SafeLoader] = yaml.SafeLoader) -> Any:
    """The value that a file holds. Raises UsageError that begins with `what` and names the file and the line."""
    try:
        return yaml.load(file.read_bytes(), loader)
    except OSError as error:
        raise UsageError(f"{what} {file}: {error.strerror or type(error).__name__}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark, why = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        where = f" line {mark.line + 1}" if mark else ""
        raise UsageError(f"{what} {file}{where}: not YAML{f' ({why})' if why else ''}") from error
