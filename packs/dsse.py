"""Signed envelopes in the form of DSSE, the Dead Simple Signing Envelope, version 1.

What is signed is the pre-authentication encoding PAE = "DSSEv1" SP len(type) SP type SP len(payload) SP payload, with
lengths in decimal, so that a payload cannot be taken for one of another type. The envelope is JSON: payload in base64,
its type, and a list of signatures, each with the fingerprint of its key.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from smartsandbox.packs.canonical import pretty_json
from smartsandbox.packs.keyring import Trusted, TrustedKey
from smartsandbox.packs.signing import SigningKey

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


class EnvelopeError(ValueError):
    """The bytes are no envelope of this form."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature, and the fingerprint that it claims; "" where it claims none that could be one."""

    fingerprint: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload, its type, and who signed it."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]

    def to_bytes(self) -> bytes:
        """The JSON of the envelope, with signatures in the order of their fingerprints."""
        ordered = sorted(self.signatures, key=lambda one: (one.fingerprint, one.value))
        return pretty_json(
            {
                "payload": base64.b64encode(self.payload).decode("ascii"),
                "payloadType": self.payload_type,
                "signatures": [
                    {"keyid": one.fingerprint, "sig": base64.b64encode(one.value).decode("ascii")} for one in ordered
                ],
            }
        )

    @staticmethod
    def from_bytes(content: bytes) -> Envelope:
        """Raises EnvelopeError."""
        try:
            value = orjson.loads(content)
            signatures = tuple(_signature(item) for item in value["signatures"])
            return Envelope(str(value["payloadType"]), _decoded(value["payload"]), signatures)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise EnvelopeError(type(error).__name__) from error

    def signers(self, trusted: Trusted) -> tuple[TrustedKey, ...]:
        """The trusted keys whose signature holds."""
        message = pae(self.payload_type, self.payload)
        return tuple(
            one
            for one in trusted
            if any(one.key.holds(found.value, message) for found in self._claimed(one.fingerprint))
        )

    def joined(self, other: Envelope) -> Envelope:
        """With the signatures of both, which must be over the same payload."""
        return Envelope(self.payload_type, self.payload, tuple({*self.signatures, *other.signatures}))

    def _claimed(self, fingerprint: str) -> Sequence[Signature]:
        # The claim only says where to look; what counts is that the key's own check holds.
        return [one for one in self.signatures if one.fingerprint in ("", fingerprint)]


def seal(payload_type: str, payload: bytes, key: SigningKey) -> Envelope:
    """An envelope with one signature."""
    signature = Signature(key.public.fingerprint, key.sign(pae(payload_type, payload)))
    return Envelope(payload_type, payload, (signature,))


def pae(payload_type: str, payload: bytes) -> bytes:
    """The pre-authentication encoding: the bytes that are signed."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _signature(item: dict[str, Any]) -> Signature:
    named = item.get("keyid") or ""
    return Signature(named if _FINGERPRINT.fullmatch(named) else "", _decoded(item["sig"]))


def _decoded(text: str) -> bytes:
    """Standard or URL-safe base64, as the specification lets a reader meet."""
    try:
        return base64.b64decode(text.translate(_URL_SAFE), validate=True)
    except binascii.Error as error:
        raise EnvelopeError("base64") from error


_URL_SAFE = str.maketrans("-_", "+/")
