"""A file that is no YAML is one line, with its place."""

from pathlib import Path

import pytest

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.yaml_file import read_yaml


def test_a_file_holds_its_value(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("a: [1, 2]\n")
    assert read_yaml(file, "rules") == {"a": [1, 2]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a: 1\nb: [", "line 2: not YAML"),
        (b"when: 2024-13-45\n", "not YAML"),
        (b"\xff\xfe\x00", "not YAML"),
        (b"!!python/object:os.system {}", "line 1: not YAML"),
        (b"[" * 20_000, "not YAML"),
        (None, "No such file"),
    ],
)
def test_what_is_none_is_refused_with_its_place(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "a.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=said) as caught:
        read_yaml(file, "rules")
    assert str(caught.value).startswith(f"rules {file}")
    assert "\n" not in str(caught.value)
