"""What is visited of cookies, by hand."""

from __future__ import annotations

import pytest

from smartsandbox.anonymize.codecs.cookie import rewrite_set_cookies
from smartsandbox.anonymize.leaves import Leaf
from smartsandbox.anonymize.rewrite import CODECS, no_maps
from smartsandbox.anonymize.walk import Shared, Walk

DATE = "Wed, 14-Feb-2035 20:41:09 GMT"


def seen(text: str, new: str | None = None) -> tuple[dict[str, str], str | None]:
    """Value by pointer of what was visited, and the line with `new` in the place of each value; "" for dropped ones."""
    found: dict[str, str] = {}

    def visit(leaf: Leaf) -> str | None:
        found["/".join(leaf.pointer)] = leaf.value
        return leaf.value if new is None else new or None

    made = rewrite_set_cookies(text, (), Walk("GET /", "response.cookie", visit, no_maps, CODECS, Shared()))
    return found, made


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"in=no; domain=.shop.test; expires={DATE}; Secure; HttpOnly; SameSite=Lax; Max-Age=60",
         {"in": "no", "in/domain": ".shop.test", "in/expires": DATE}),
        (f"in=no; expires={DATE}; secure, sess=ada81; path=/a", {"in": "no", "in/expires": DATE, "sess": "ada81",
                                                                 "sess/path": "/a"}),
        ("in=no, sess=ada81", {"in": "no", "sess": "ada81"}),
        ("in=no; path=/\nsess=ada81", {"in": "no", "in/path": "/", "sess": "ada81"}),
        ("in=no; owner=ada81; SameSite=ada82; Max-Age=ada83", {"in": "no", "owner": "ada81", "SameSite": "ada82",
                                                               "Max-Age": "ada83"}),
        ("in=no; ada81", {"in": "no", "(bare)": "ada81"}),
    ],
)  # fmt: skip
def test_every_cookie_and_attribute_that_may_say_something_is_visited(text: str, found: dict[str, str]) -> None:
    assert seen(text)[0] == found


@pytest.mark.parametrize("text", ["in=no,sess=ada81", "in=no; path=/\nsess=ada81", "in=no;  Secure ,  sess=a; ;x"])
def test_a_line_of_which_nothing_changes_stays_as_it_is(text: str) -> None:
    assert seen(text)[1] == text


def test_joined_cookies_stay_joined_by_commas_and_dropped_ones_disappear() -> None:
    text = f"in=no; expires={DATE}; Secure, sess=ada81; path=/a"
    assert seen(text)[1] == text
    assert seen(text, "new")[1] == "in=new; expires=new; Secure, sess=new; path=new"
    assert seen(text, "")[1] is None
