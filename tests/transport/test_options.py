"""What `parse_resolve` takes and refuses."""

from __future__ import annotations

import pytest

from corsdoctor.transport.options import parse_resolve


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.test:80:127.0.0.1", ("a.test", 80, "127.0.0.1")),
        ("A.test:65535:::1", ("a.test", 65535, "::1")),
        ("*:443:[::1],127.0.0.1", ("*", 443, "::1,127.0.0.1")),
        ("[::1]:1:127.0.0.1", ("::1", 1, "127.0.0.1")),
        ("+a:80:127.0.0.1", ("a", 80, "127.0.0.1")),
    ],
)
def test_parse_resolve(text: str, expected: tuple[str, int, str]) -> None:
    assert parse_resolve(text) == expected


@pytest.mark.parametrize(
    "text", ["", "a", "a:80", "a:80:", "a:0:::1", "a:65536:::1", "a:b:::1", "a:80:b", ":80:::1", "a:80:::1,"]
)
def test_parse_resolve_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        parse_resolve(text)
