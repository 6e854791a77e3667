"""What is changed in one answer: values of its JSON body, and header lines. All else keeps its recorded bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from smartsandbox.replay_engine.coding import encode, known
from smartsandbox.replay_engine.json_spans import Span, spliced
from smartsandbox.replay_engine.serve.answer import Answer


@dataclass(slots=True)
class Edits:
    """Changes by place; the first claim to a place holds. Header names are in lower case."""

    body: dict[Span, bytes] = field(default_factory=dict)
    headers: dict[bytes, Callable[[bytes], bytes]] = field(default_factory=dict)
    """How the value of each line of that name changes."""

    def header(self, name: bytes, change: Callable[[bytes], bytes]) -> None:
        """Change the values of a header, where it stands in the answer."""
        self.headers.setdefault(name, change)

    def value(self, place: Span, text: bytes) -> None:
        """Put other JSON in a place of the body."""
        self.body.setdefault(place, text)


def edited(answer: Answer, recorded: bytes, edits: Edits, text: Callable[[bytes], bytes] | None = None) -> Answer:
    """The answer with the edits made to its headers and to its `recorded` body, which has no content coding; `text`
    then changes the whole body. Length and coding come out right."""
    body = spliced(recorded, edits.body) if edits.body else recorded
    if text is not None and body:
        body = text(body)
    if not edits.headers and body == recorded:
        return answer
    lines = answer.head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    sent = answer.body if body == recorded else _coded(body, lines)
    if len(sent) != len(answer.body):
        edits.headers[b"content-length"] = lambda _: b"%d" % len(sent)
    head = b"\r\n".join([lines[0], *(_changed(line, edits) for line in lines[1:])]) + b"\r\n\r\n"
    return Answer(answer.plan, head, sent, final=answer.final, varies=answer.varies)


def _coded(body: bytes, lines: list[bytes]) -> bytes:
    coding = b", ".join(line.partition(b":")[2].strip() for line in lines if line[:17].lower() == b"content-encoding:")
    name = coding.decode("latin-1")
    return encode(body, name) if name and known(name) else body


def _changed(line: bytes, edits: Edits) -> bytes:
    name, _, value = line.partition(b":")
    change = edits.headers.get(name.lower())
    if change is None:
        return line
    return b"%s: %s" % (name, change(value.strip()).translate(None, b"\r\n\0"))
