"""GraphQL requests: what is the same document, and what is not.

A document is compared token by token, so white space, commas and comments do not matter. Its `plain` form has no
aliases either: an exchange found by it answers under its own names, which `renamed` maps to the asked ones. Variables
are compared by value, by the caller. Tokens are those of the GraphQL specification, section 2.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

MAX_CHARACTERS = 200_000

_IGNORED = re.compile(r"(?:[\s,\ufeff]|#[^\r\n]*)+")
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\"""|\\|""?(?!"))*"""'
    r'|"(?!"")(?:[^"\\\r\n]|\\.)*"'
    r"|\.\.\.|[!$&()\[\]{}:=@|]"
    r"|[_A-Za-z][_0-9A-Za-z]*"
    r"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
)
_NAME = re.compile(r"[_A-Za-z]\w*")
_OPERATIONS = frozenset(("query", "mutation", "subscription"))
_BEGINS = re.compile(r"(?:[\s,\ufeff]|#[^\r\n]*)*(?:\{|(?:query|mutation|subscription|fragment)\b)")


@dataclass(frozen=True, slots=True)
class Document:
    """One document. `keys` are the response names of its fields in order; `operations` the names of its operations,
    "" for one without; `digest` is the SHA-256 of its text as sent, by which persisted queries are named."""

    full: str
    plain: str
    keys: tuple[str, ...]
    operations: tuple[str, ...]
    digest: str


def looks_like_graphql(text: str) -> bool:
    """True if a text begins as a document does."""
    return _BEGINS.match(text) is not None


@lru_cache(maxsize=512)
def document_of(text: str) -> Document | None:
    """The document in a text, or None if it is not made of GraphQL's tokens or is very long."""
    tokens = _tokens(text) if len(text) <= MAX_CHARACTERS else None
    if not tokens:
        return None
    plain, keys = _without_aliases(tokens)
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(" ".join(tokens), " ".join(plain), keys, _operations(tokens), digest)


def _tokens(text: str) -> list[str] | None:
    tokens, at = [], 0
    while at < len(text):
        skipped = _IGNORED.match(text, at)
        if skipped:
            at = skipped.end()
            continue
        token = _TOKEN.match(text, at)
        if token is None:
            return None
        tokens.append(token[0])
        at = token.end()
    return tokens


def _without_aliases(tokens: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """The tokens less "alias:", and the response name of every field."""
    plain: list[str] = []
    keys: list[str] = []
    braces = parentheses = 0
    skip = 0
    for at, token in enumerate(tokens):
        braces += (token == "{") - (token == "}") if not parentheses else 0
        parentheses += (token == "(") - (token == ")")
        if skip:
            skip -= 1
            if skip:
                continue
        elif braces and not parentheses and _is_field(tokens, at):
            keys.append(token)
            if tokens[at + 1 : at + 2] == [":"]:
                skip = 2
                continue
        plain.append(token)
    return plain, tuple(keys)


def _is_field(tokens: list[str], at: int) -> bool:
    """A name in a selection set that is not a fragment's, a type's or a directive's."""
    if not _NAME.fullmatch(tokens[at]):
        return False
    before = tokens[at - 1]
    return before not in ("...", "@") and not (before == "on" and tokens[at - 2] == "...")


def _operations(tokens: list[str]) -> tuple[str, ...]:
    names = []
    depth = 0
    for at, token in enumerate(tokens):
        if depth == 0 and token in _OPERATIONS:
            following = tokens[at + 1] if at + 1 < len(tokens) else ""
            names.append(following if _NAME.fullmatch(following) else "")
        elif depth == 0 and token == "{" and (at == 0 or tokens[at - 1] == "}"):
            names.append("")
        depth += (token in "{(") - (token in "})")
    return tuple(names)


def renamed(recorded: Document, asked: Document) -> dict[str, str] | None:
    """Response name of the recorded document to that of the asked one, where they differ.

    None if one recorded name would have to become two, so that the recorded answer cannot be told in asked names.
    """
    if len(recorded.keys) != len(asked.keys):
        return None
    names: dict[str, str] = {}
    for ours, theirs in zip(recorded.keys, asked.keys, strict=True):
        if names.setdefault(ours, theirs) != theirs:
            return None
    return {ours: theirs for ours, theirs in names.items() if ours != theirs}
