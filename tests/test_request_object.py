"""How the values of a JSON object that describes a request are read."""

from __future__ import annotations

import pytest

from corsdoctor.request_object import READERS
from corsdoctor.scenario import Api


@pytest.mark.parametrize(
    ("key", "value", "read"),
    [
        ("url", "/items", "/items"),
        ("origin", "https://app.example", "https://app.example"),
        ("headers", {"X-A": "1"}, (("X-A", "1"),)),
        ("headers", [["X-A", "1"]], (("X-A", "1"),)),
        ("api", "xhr", Api.XHR),
        ("body", None, None),
        ("body", "\xe9", b"\xc3\xa9"),
        ("upload_listener", True, True),
        ("cookie", "a=1", "a=1"),
        ("method", "PUT", "PUT"),
        ("page_headers", [["Referrer-Policy", "origin"]], (("Referrer-Policy", "origin"),)),
    ],
)
def test_read(key: str, value: object, read: object) -> None:
    got = READERS[key](value)
    assert (str(got) if key == "origin" else got) == read


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("url", 1, "must be a string"),
        ("url", "Authorization: Bearer x", "this is a header, not a URL"),
        ("url", "api.example:8080", "a URL"),
        ("origin", "https://app.example/path", "an origin has no path"),
        ("headers", ["X-A"], "must be [["),
        ("headers", {"X-A: 1": ""}, "a header name cannot contain a colon"),
        ("api", "xrh", "did you mean `xhr`"),
        ("upload_listener", 1, "must be true or false"),
    ],
)
def test_refused(key: str, value: object, reason: str) -> None:
    with pytest.raises(ValueError, match=r".") as e:
        READERS[key](value)
    assert reason in str(e.value)
