from __future__ import annotations

import pytest

from smartsandbox.packs.capture.outcomes import failure_of
from smartsandbox.packs.model import FailureKind


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("net::ERR_CONNECTION_RESET", FailureKind.RESET),
        ("net::ERR_EMPTY_RESPONSE", FailureKind.RESET),
        ("stream reset by client (CANCEL)", FailureKind.RESET),
        ("Connection killed.", FailureKind.RESET),
        ("net::ERR_TIMED_OUT", FailureKind.TIMEOUT),
        ("net::ERR_CONNECTION_TIMED_OUT", FailureKind.TIMEOUT),
        ("net::ERR_NAME_NOT_RESOLVED", FailureKind.CONNECT),
        ("net::ERR_INTERNET_DISCONNECTED", FailureKind.CONNECT),
        ("[Errno 111] Connect call failed: connection refused", FailureKind.CONNECT),
        ("net::ERR_CERT_DATE_INVALID", FailureKind.CONNECT),
        ("net::ERR_CONTENT_LENGTH_MISMATCH", FailureKind.TRUNCATED),
        ("net::ERR_INCOMPLETE_CHUNKED_ENCODING", FailureKind.TRUNCATED),
        ("net::ERR_ABORTED", None),
        ("", None),
    ],
)
def test_the_words_of_recorders_name_a_failure(words: str, kind: FailureKind | None) -> None:
    assert failure_of(words) is kind
