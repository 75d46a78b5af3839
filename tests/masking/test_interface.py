"""What other rooms rely on: each kind of value is masked by what it is, and its secrets are listed."""

from __future__ import annotations

import pytest

from corsdoctor.masking import (
    mask_body,
    mask_header,
    mask_text,
    mask_url,
    secrets_in_body,
    secrets_in_header,
    secrets_in_url,
)


def test_each_kind_of_value_is_masked_by_what_it_is() -> None:
    assert mask_url("https://bob:pw@api.example/?token=abc&x=1") == "https://***@api.example/?token=***&x=1"
    assert mask_header("Authorization", "Bearer abc") == "Bearer ***"
    assert mask_header("Authorization", "abc") == "***"
    assert mask_header("Cookie", "sid=1; bare") == "sid=***; ***"
    assert mask_header("Set-Cookie", "sid=1; Path=/") == "sid=***; Path=/"
    assert mask_header("X-Api-Key", "abc") == "***"
    assert mask_header("X-Api-Key", "") == ""
    assert mask_header("Location", "https://a.example/?token=abc") == "https://a.example/?token=***"
    assert mask_header("Access-Control-Allow-Headers", "x-api-key") == "x-api-key"
    assert mask_body("token=abc&x=1") == "token=***&x=1"
    assert mask_text("moved to https://bob@a.example/ now") == "moved to https://***@a.example/ now"


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (secrets_in_url("https://bob:pw@api.example/?token=abc"), {"pw", "abc"}),
        (secrets_in_header("Authorization", "Basic Ym9iOnB3"), {"Ym9iOnB3", "bob:pw", "pw"}),
        (secrets_in_header("Authorization", "Basic ?"), {"?"}),
        (secrets_in_header("Authorization", "abc"), {"abc"}),
        (secrets_in_header("Cookie", "sid=1; bare"), {"1", "bare"}),
        (secrets_in_header("Set-Cookie", "sid=1; Path=/"), {"1"}),
        (secrets_in_header("X-Api-Key", "abc"), {"abc"}),
        (secrets_in_header("Location", "/?token=abc"), {"abc"}),
        (secrets_in_header("Vary", "Cookie"), set()),
        (secrets_in_body("token=abc&x=1"), {"abc"}),
    ],
)
def test_secrets_are_listed(found: tuple[str, ...], wanted: set[str]) -> None:
    assert set(found) == wanted
