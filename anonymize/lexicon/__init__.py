"""Frozen word lists: words that say nothing about a person, names to look for, and names that surrogates are drawn
from.

They ship as data and change only by a commit, so that a run under a given key can be repeated.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def load(name: str) -> tuple[str, ...]:
    """The words of `NAME.txt` in this package, in file order. Lines that begin with "#" are comments."""
    text = files(__package__).joinpath(f"{name}.txt").read_text("utf-8")
    return tuple(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


@cache
def public_words() -> frozenset[str]:
    """Lower-case words of technical English, of web APIs and of HTTP; no personal names but those that are common
    words."""
    return frozenset((*load("words"), *load("http")))


@cache
def personal_names() -> frozenset[str]:
    """Lower-case given and family names, without those that are also public words."""
    return frozenset(load("names"))
