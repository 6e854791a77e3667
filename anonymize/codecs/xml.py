"""XML by a small tokenizer: element text and attributes are leaves, markup and untouched text stay as they were.

No parser is involved, so no entity is ever expanded. Text whose tags do not balance is not taken for XML.
"""

from __future__ import annotations

import html
import re
from xml.sax.saxutils import escape

from smartsandbox.anonymize.keynames import is_value_key
from smartsandbox.anonymize.leaves import KEY, VALUE, Kind, Pointer
from smartsandbox.anonymize.walk import Walk

_TOKENS = re.compile(
    r"(?P<skip><\?.*?\?>|<!DOCTYPE[^>\[]*>)"
    r"|(?P<comment><!--.*?-->)"
    r"|<!\[CDATA\[(?P<cdata>.*?)\]\]>"
    r"|<(?P<close>/)?(?P<name>[A-Za-z_][\w:.\-]*)(?P<attributes>(?:\s+[\w:.\-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*)\s*(?P<empty>/)?>"
    r"|(?P<text>[^<]+)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"(\s+)([\w:.\-]+)(\s*=\s*)(\"[^\"]*\"|'[^']*')")
_MAX_NESTING = 200


def looks_like_xml(text: str) -> bool:
    """A cheap look at both ends; HTML is excluded because it is not taken apart."""
    stripped = text.lstrip("\ufeff \t\r\n")[:200].lower()
    return (
        stripped.startswith("<") and text.rstrip().endswith(">") and not re.match(r"<(!doctype\s+html|html)", stripped)
    )


def rewrite_xml(text: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str | None:
    """Visit every text and attribute; None if this is not balanced XML."""
    if not looks_like_xml(text) or not _balanced(text):
        return None
    rewriter = _Rewriter(walk, scope, depth, pointer)
    return "".join(rewriter.token(match) for match in _TOKENS.finditer(text))


def _balanced(text: str) -> bool:
    stack: list[str] = []
    at = 0
    elements = 0
    for match in _TOKENS.finditer(text):
        if match.start() != at:
            return False
        at = match.end()
        name = match["name"]
        if name is None or match["empty"]:
            elements += name is not None
            continue
        elements += 1
        if not match["close"]:
            stack.append(name)
        elif not stack or stack.pop() != name:
            return False
        if len(stack) > _MAX_NESTING:
            return False
    return at == len(text) and not stack and elements > 0


class _Rewriter:
    def __init__(self, walk: Walk, scope: tuple[int, ...], depth: int, pointer: Pointer) -> None:
        self.walk, self.depth = walk, depth
        self.stack: list[tuple[Pointer, tuple[int, ...]]] = [(pointer, scope)]
        self.names: list[str] = []

    def token(self, match: re.Match[str]) -> str:
        if match["skip"]:
            return self.declaration(match[0])
        if match["comment"]:
            return self.comment(match[0])
        if match["cdata"] is not None:
            return f"<![CDATA[{self.text(match['cdata']).replace(']]>', ']] >')}]]>"
        if match["text"] is not None:
            return self.escaped(match["text"])
        return self.tag(match)

    def tag(self, match: re.Match[str]) -> str:
        if match["close"]:
            self.stack.pop()
            return match[0].replace(match["name"], self.names.pop(), 1)
        name, scope = match["name"], (*self.stack[-1][1], self.walk.new_scope())
        address, new_name = self.named(name, self.stack[-1][0], scope)
        pointer = (*self.stack[-1][0], address)
        attributes = _ATTRIBUTE.sub(lambda found: self.attribute(found, pointer, scope), match["attributes"])
        if not match["empty"]:
            self.stack.append((pointer, scope))
            self.names.append(new_name)
        end = match.end("attributes") - match.start()
        return f"<{new_name}{attributes}{match[0][end:]}"

    def named(self, name: str, pointer: Pointer, scope: tuple[int, ...]) -> tuple[str, str]:
        """How an element or attribute is addressed and what it is called; a name that is a value is a leaf."""
        if not is_value_key(name):
            return name, name
        changed = self.walk.leaf(name, (*pointer, KEY), scope, Kind.KEY)
        return VALUE, _as_name(changed) if changed and changed != name else name

    def attribute(self, match: re.Match[str], pointer: Pointer, scope: tuple[int, ...]) -> str:
        value = html.unescape(match[4][1:-1])
        address, name = self.named(match[2], pointer, scope)
        changed = self.walk.string(value, (*pointer, "@" + address), scope, self.depth)
        if changed == value:
            return f"{match[1]}{name}{match[3]}{match[4]}"
        quoted = escape(changed or "", {'"': "&quot;", "'": "&apos;"})
        return f"{match[1]}{name}{match[3]}{match[4][0]}{quoted}{match[4][0]}"

    def declaration(self, whole: str) -> str:
        """A style sheet or a document type is kept as it is or left out; the XML declaration says nothing."""
        if whole.startswith("<?xml "):
            return whole
        pointer, scope = self.stack[-1]
        return whole if self.walk.leaf(whole, (*pointer, "(declaration)"), scope) == whole else ""

    def comment(self, whole: str) -> str:
        pointer, scope = self.stack[-1]
        value = whole[4:-3]
        changed = self.walk.leaf(value, (*pointer, "(comment)"), scope)
        return "" if changed is None else whole if changed == value else f"<!--{changed.replace('--', '- -')}-->"

    def escaped(self, raw: str) -> str:
        value = html.unescape(raw)
        changed = self.text(value)
        return raw if changed == value else escape(changed)

    def text(self, value: str) -> str:
        """White space around a text is layout and stays."""
        core = value.strip()
        if not core:
            return value
        pointer, scope = self.stack[-1]
        changed = self.walk.string(core, pointer, scope, self.depth)
        return value if changed == core else value.replace(core, changed or "", 1)


def _as_name(value: str) -> str:
    """A surrogate as XML allows names to be."""
    name = re.sub(r"[^\w.\-]", "_", value)
    return name if re.match(r"[A-Za-z_]", name) else f"_{name}"
