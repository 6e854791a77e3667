import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.leaves import from_text, to_text


@pytest.mark.parametrize(
    ("pointer", "text"),
    [
        ((), ""),
        (("a",), "/a"),
        (("a/b", "c~d"), "/a~1b/c~0d"),
        (("user.email",), "/user.email"),
        (("items", "*", "id"), "/items/*/id"),
    ],
)
def test_a_pointer_is_written_as_rfc_6901_text(pointer: tuple[str, ...], text: str) -> None:
    assert to_text(pointer) == text
    assert from_text(text) == pointer


@given(st.lists(st.text()).map(tuple))
def test_every_pointer_survives_a_round_trip(pointer: tuple[str, ...]) -> None:
    assert from_text(to_text(pointer)) == pointer


def test_a_text_without_a_leading_slash_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with"):
        from_text("a/b")
