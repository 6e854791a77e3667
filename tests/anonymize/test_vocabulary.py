"""What is public by itself: words of English and of HTTP, and never a name."""

import pytest

from smartsandbox.anonymize.lexicon import load, personal_names
from smartsandbox.anonymize.vocabulary import Vocabulary


@pytest.mark.parametrize(
    "value",
    ["zstd", "gzip, deflate, br, zstd", "PROPFIND", "DPoP", "NTLM", "HS256", "EdDSA", "JWT", "application/x-ndjson",
     "image/avif", "favicon.ico", "jwks", "stale-while-revalidate", "max-age=600"],
)  # fmt: skip
def test_the_words_of_http_are_public(value: str) -> None:
    assert Vocabulary().is_public(value)


@pytest.mark.parametrize("value", ["quisenberry", "Zoë", "cust_9fk2", "20260302", ""])
def test_names_and_identifiers_are_not(value: str) -> None:
    assert not Vocabulary().is_public(value)


def test_no_word_of_http_is_a_known_name() -> None:
    names = {*load("given"), *load("family"), *load("names"), *personal_names()}
    assert not names & set(load("http"))
