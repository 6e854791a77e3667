"""Telling the names of fields from random identifiers by their letters."""

from __future__ import annotations

import math
import string
from random import Random

import pytest

from smartsandbox.anonymize.classify.maps import are_random
from smartsandbox.anonymize.key_odds import name_odds
from smartsandbox.anonymize.keynames import is_value_key

HEX, BASE36 = "0123456789abcdef", string.digits + string.ascii_lowercase
BASE62 = BASE36 + string.ascii_uppercase
BASE32 = string.ascii_uppercase + "234567"


@pytest.mark.parametrize("key", ["amount", "created_at", "billingAddress", "amount_refunded", "paymentMethodTypes"])
def test_names_of_public_words_are_names(key: str) -> None:
    assert name_odds(key) > 0


def test_a_public_word_costs_its_share_of_two_thousand_words_and_an_identifier_its_letters() -> None:
    assert name_odds("amount") == pytest.approx(6 * math.log2(26) - 11)
    assert name_odds("amountRefunded") == pytest.approx(14 * math.log2(52) - 11 - 11 - 3)
    assert name_odds("amount2") == pytest.approx(7 * math.log2(36) - 11 - 6 - math.log2(10))
    assert name_odds("") == name_odds("__") == 0


ABBREVIATED = "CdtTrfTxInf IntrBkSttlmAmt FIToFICstmrCdtTrf PmtInfId UltmtDbtr crdt_lmt_amt cust_acct_nbr"
FOREIGN = "rechnungsbetrag verwendungszweck hausnummer organisasjonsnummer codiceFiscale fechaNacimiento"
TECHNICAL = "sha256Digest x509CertThumbprint oauth2ClientId odata.nextLink onmouseover dogecoin"
RANDOM = "kdfffcecdcd3 pmqthxrsvrovmylk KPINXGKxzKIIPt cus_RgSVtZpkXFSaYW UCUQTOXYFEDB"


@pytest.mark.parametrize("key", f"{ABBREVIATED} {FOREIGN} {TECHNICAL}".split())
def test_abbreviations_and_other_languages_are_no_random_keys(key: str) -> None:
    assert not are_random([key])


@pytest.mark.parametrize(
    "key", ["kdfffcecdcd3", "pmqthxrsvrovmylk", "KPINXGKxzKIIPt", "cus_RgSVtZpkXFSaYW", "UCUQTOXYFEDB"]
)
def test_random_keys_are_told(key: str) -> None:
    assert are_random([key])


def test_half_of_the_keys_of_an_object_must_be_random_and_a_short_one_never_is() -> None:
    first, second = "pmqthxrsvrovmylk", "KPINXGKxzKIIPt"
    assert are_random([first, "total"])
    assert are_random([first, second, "total", "page"])
    assert not are_random([first, "total", "page"])
    assert not are_random(["kurzbezeichnung", "vorname", "city", "created_at"])
    assert not are_random(["xqzvkjw"])
    assert not are_random([])


@pytest.mark.parametrize(
    ("alphabet", "length", "most"), [(HEX, 12, 0.0), (BASE36, 12, 0.02), (BASE62, 14, 0.02), (BASE32, 12, 0.02),
                                     (string.ascii_lowercase, 16, 0.01)]
)  # fmt: skip
def test_few_random_identifiers_pass_for_names(alphabet: str, length: int, most: float) -> None:
    rng = Random(f"{alphabet}{length}")
    keys = ["".join(rng.choices(alphabet, k=length)) for _ in range(2000)]
    assert sum(not (is_value_key(key) or are_random([key])) for key in keys) <= most * len(keys)
