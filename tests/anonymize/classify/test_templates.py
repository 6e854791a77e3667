from smartsandbox.anonymize.classify.templates import safe_endpoints


def test_a_literal_that_nobody_vouches_for_becomes_a_parameter() -> None:
    table = safe_endpoints(
        [("GET", "/users/zephyrine-oakhurst/orders"), ("GET", "/v1/accounts")], lambda segment: False
    )
    assert table.names == ("GET /users/{user_id}/orders", "GET /v1/accounts")


def test_a_literal_that_is_a_sensitive_value_becomes_a_parameter_however_often_it_stands() -> None:
    pairs = [("GET", "/repos/zorbcorp/issues")] * 9
    assert safe_endpoints(pairs, lambda segment: False).names == ("GET /repos/zorbcorp/issues",)
    assert safe_endpoints(pairs, lambda segment: segment == "zorbcorp").names == ("GET /repos/{repo_id}/issues",)


def test_every_request_still_matches() -> None:
    pairs = [("GET", "/a/Bob/c.json"), ("POST", "/"), ("OPTIONS", "*"), ("GET", "/x/%7Bid%7D")]
    table = safe_endpoints(pairs, lambda segment: True)
    assert all(table.match(method, path) for method, path in pairs)
