import pytest

from smartsandbox.anonymize.keynames import is_value_key, tokens_of


@pytest.mark.parametrize(
    "key",
    [
        "id",
        "created_at",
        "holder",
        "brand",
        "line1",
        "filter[status][*]",
        "x-request-id",
        "@type",
        "oauth2v1token",
        "X-Amz-Cf-Id",
        "ipv4_address",
        "line1_line2_line3",
        "sha256hash",
        "md5",
    ],
)
def test_field_names_are_names(key: str) -> None:
    assert not is_value_key(key)


@pytest.mark.parametrize(
    "key",
    ["ann@tidewater.test", "8f14e45fceea167a", "cus_Nb1xQ93kLmZ", "1700000000", "Ann Smith", "Jennifer",
     "550e8400-e29b-41d4-a716-446655440000", "kd3afb3c2fe1", "kf585dcffecb", "eJwLz0_1K-8vL_LNTynOSM0pAQArkgYD"],
)  # fmt: skip
def test_keys_that_are_data_are_values(key: str) -> None:
    assert is_value_key(key)


def test_words_of_a_name_are_split_at_case_digits_and_punctuation() -> None:
    assert tokens_of("billingAddress_line1") == ("billing", "address", "line", "1")


def test_a_token_without_digits_in_a_row_is_a_value_and_a_long_camel_case_name_is_not() -> None:
    assert is_value_key("YWJjIHNtaXRoIGlzIGhlcmU")
    assert not is_value_key("getCustomerPaymentMethods")
    assert not is_value_key("is_a_to_b_or_c_id")
