"""The codec tree: what a body or a string may be an encoding of, in the order it is tried.

Each codec visits the leaves inside a text and gives the text back encoded again, or None if the text is not in its
code.
"""

from __future__ import annotations

from smartsandbox.anonymize.codecs.authorization import rewrite_credentials
from smartsandbox.anonymize.codecs.base64 import rewrite_base64
from smartsandbox.anonymize.codecs.data_url import rewrite_data_url
from smartsandbox.anonymize.codecs.form import rewrite_nested_form
from smartsandbox.anonymize.codecs.json import rewrite_json, rewrite_quoted
from smartsandbox.anonymize.codecs.jwt import rewrite_jwt
from smartsandbox.anonymize.codecs.multipart import rewrite_nested_multipart
from smartsandbox.anonymize.codecs.percent import rewrite_percent
from smartsandbox.anonymize.codecs.url import rewrite_url
from smartsandbox.anonymize.codecs.xml import rewrite_xml
from smartsandbox.anonymize.leaves import Pointer
from smartsandbox.anonymize.walk import Nested, Walk

NESTED: tuple[tuple[str, str, Nested], ...] = (
    # pointer token, characters a text of this code begins with ("" is any), codec
    ("(json)", "{[", rewrite_json),
    ("(quoted)", '"', rewrite_quoted),
    ("(xml)", "<", rewrite_xml),
    ("(jwt)", "e", rewrite_jwt),
    ("(credentials)", "bB", rewrite_credentials),
    ("(data)", "dD", rewrite_data_url),
    ("(multipart)", "-", rewrite_nested_multipart),
    ("(url)", "", rewrite_url),
    ("(form)", "", rewrite_nested_form),
    ("(percent)", "", rewrite_percent),
    ("(base64)", "", rewrite_base64),
)


def rewrite_nested(text: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str | None:
    """Try each code on a string inside a document; None if it is in none of them."""
    first = text.lstrip()[:1]
    for marker, begins, codec in NESTED:
        if (begins and first not in begins) or not first:
            continue
        found = codec(text, (*pointer, marker), scope, walk, depth)
        if found is not None:
            return found
    return None
