"""What a regular expression allows beyond what it is meant for."""

from __future__ import annotations

import pytest

from corsdoctor.lint.patterns import Matching, beyond


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (r"^https://app\.example\.com$", {}),
        (r"^https://app\.example\.com(:\d+)?$", {}),
        (r"^https://(www\.)?app.example\.com$", {"origin-dot-unescaped": "https://appxexample.com"}),
        (r"^https://app\.example\.com", {"origin-prefix-allowed": "https://app.example.com.stranger.example"}),
        (r"^https://app\.example\.com|^https://b\.example\.com$", {"origin-prefix-allowed": "https://app.example.com.stranger.example"}),
        (r"example\.com$", {"origin-suffix-allowed": "https://corsdoctorexample.com"}),
        (r"\.example\.com$", {}),
        (r"^https?://(.*\.)?example\.com$", {}),
        (r"^https?://(?:.+\.)example\.com\z", {}),
        (r"^https?://.*example\.com$", {"origin-suffix-allowed": "http://corsdoctoraexample.com"}),
        (r"https:\/\/(a|b)\.example\.com$", {}),
        (r"^https://[\w-]+\.example\.com$", {}),
        (r"^https://[^.]+\.[e]xample\.com$", {}),
        (r"^https://(?P<name>[a-z]{2,3})\.example\.com$", {}),
        (r"^https://a{300}\.example\.com$", {}),
        (r"^https://[\d]\.example\.com\b", {"origin-prefix-allowed": "https://1.example.com.stranger.example"}),
        (r"^https://app.*$", {"origin-prefix-allowed": "https://appa.stranger.example"}),
        (r"^https://.*\.herokuapp\.com$", {"hosting-origin-allowed": "https://corsdoctor.herokuapp.com"}),
        (r"^(https://app\.example\.com|null)$", {"null-origin-allowed": "null"}),
        (r"^https?://localhost(:\d+)?$", {}),
        ("localhost", {"origin-prefix-allowed": "https://localhost.stranger.example"}),
        (".*", {"any-origin-allowed": "https://stranger.example"}),
        ("^https://", {"any-origin-allowed": "https://stranger.example"}),
        ("", {"any-origin-allowed": "https://stranger.example"}),
        (r"^https://(?=app)app", {}),  # RE2 has no lookahead
        (r"^https://\p{Ll}\.example\.com$", {}),
        (r"^(?i:https://app)\.example\.com$", {}),
        (r"^#$", {}),
        (r"^(|)https://app\.example\.com$", {}),
        (r"^https://app{2,example\.com", {}),  # valid in RE2 only
        ("((((", {}),
        ("\ud800", {}),
        (r"https://app\.example\.com" + "x?" * 10_000, {}),
        ("^https://" + "(" * 40 + "app" + ")" * 40 + r"\.example\.com", {}),
    ],
)  # fmt: skip
def test_beyond(expression: str, expected: dict[str, str]) -> None:
    found = {weakness.id: str(one.origin) for weakness, one in beyond(expression, Matching.SEARCH).items()}
    assert found == expected


def test_how_it_matches() -> None:
    assert beyond(r"https://app\.example\.com", Matching.FULL) == {}
    assert [one.id for one in beyond(r"https://app\.example\.com", Matching.MATCH)] == ["origin-prefix-allowed"]
    assert beyond(r"app\.example\.com", Matching.MATCH) == {}
    assert beyond(r"HTTPS://APP\.EXAMPLE\.COM", Matching.SEARCH) == {}
    assert beyond(r"HTTPS://APP\.EXAMPLE\.COM", Matching.SEARCH, ignore_case=True)
