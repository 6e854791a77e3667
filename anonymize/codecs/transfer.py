"""Content-Transfer-Encoding (RFC 2045), as parts of a multipart body still carry it: base64 and quoted-printable."""

from __future__ import annotations

import base64
import binascii
import quopri


def decode_transfer(content: bytes, encoding: str) -> bytes | None:
    """What a part says; as it stands if its encoding is none of the two, None if it is not what it claims to be."""
    if encoding == "quoted-printable":
        return quopri.decodestring(content)
    if encoding != "base64":
        return content
    try:
        return base64.b64decode(b"".join(content.split()), validate=True)
    except binascii.Error:
        return None


def encode_transfer(content: bytes, encoding: str) -> bytes:
    """The same backwards, in lines of at most 76 characters."""
    if encoding == "quoted-printable":
        return quopri.encodestring(content)
    if encoding == "base64":
        return base64.encodebytes(content).rstrip(b"\n").replace(b"\n", b"\r\n")
    return content
