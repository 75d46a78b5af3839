"""What an error shows of what a user typed, and what it suggests."""

from __future__ import annotations

import pytest

from corsdoctor.errors import InvalidScenario, Mistake
from corsdoctor.wrong_input import Mistakes, nearest, shown, shown_name, shown_path


def test_what_is_shown_and_suggested() -> None:
    assert nearest("inclued", ["omit", "include"]) == "did you mean `include`?"
    assert nearest("x", ["omit", "include"]) == "must be one of omit, include"
    assert shown("https://u:p@x.example/?t=1") == "https://***@x.example/?..."
    assert shown("x" * 101) == "x" * 100 + "..."
    assert shown("X-Api-Key: s3cr3t") == "X-Api-Key: ***"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bob:s3cr3t", "bob:..."),
        ("X-Note:s3cr3t", "X-Note:..."),
        ("X-Note\ts3cr3t", "X-Note\t..."),
        ("X-Note s3cr3t", "X-Note ..."),
        ("X-Note\uff1a s3cr3t", "X-Note\uff1a ..."),
        ("X-Note,s3cr3t", "X-Note,..."),
        ("X-Auth,s3cr3t", "X-Auth,***"),
        ("X-Auth%3A s3cr3t", "X-Auth%3A ***"),
        ("X-Note%3A s3cr3t", "X-Note%3A ..."),
        ("a=s3cr3t; b=s3cr3t", "a=..."),
        ("host:80:bob:s3cr3t", "host:80:..."),
        ("bob:123456", "bob:..."),
        ('{"x": "s3cr3t"}', '{"x": ***'),
        ("https://a.example/ X-Note: s3cr3t", "https://a.example/ ..."),
        ("/Set-Cookie: a=s3cr3t", "/Set-Cookie: ***"),
        *(
            (same, same)
            for same in (
                "", "app.example", "localhost:3000/x", "[::1]:80", "a:443:10.0.0.1", "/my dir/a.pem", "@a b", "junit=",
                "X-A, X-B", "2026-01-01", "C:\\a", "https://a.example/x;y=1,z", "Cookie: ***", "{a}/x",
            )
        ),
    ],
)  # fmt: skip
def test_of_what_is_no_url_only_a_name_is_shown(text: str, expected: str) -> None:
    assert shown(text) == expected
    assert shown(expected) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("bob:s3cr3t", "bob:***"),
        ("token=s3cr3t", "token=***"),
        ("https://bob:s3cr3t@a.example/x y", "https://***@a.example/x ..."),
        ("/token: s3cr3t", "/token: ***"),
        ("--dask tcp://127.0.0.1:8786", "--dask tcp://127.0.0.1:8786"),
        ("--dask bob:s3cr3t", "--dask bob:***"),
        ("page https://bob:s3cr3t@a.example/x?t=s3cr3t", "page https://***@a.example/x?..."),
        ("--header=X: s3cr3t", "--header=***"),
        ("my file.toml", "my file.toml"),
        ("/data/date=2026-01-01/cors.toml", "/data/date=2026-01-01/cors.toml"),
        ("C:\\data\\cors.toml", "C:\\data\\cors.toml"),
    ],
)
def test_the_name_of_a_file_is_shown_unless_it_is_a_login_or_a_header(path: str, expected: str) -> None:
    assert shown_path(path) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("X-Note", "X-Note"), ("X-Note: s3cr3t", "X-Note..."), ("token=s3cr3t", "token...")]
)
def test_of_a_name_with_a_value_only_the_name_is_shown(text: str, expected: str) -> None:
    assert shown_name(text) == expected


def test_all_mistakes_are_reported_at_once_and_none_has_a_secret() -> None:
    found = Mistakes([Mistake("--origin", "", "is missing")])
    found.add("URL", "https://u:secret@api.example/", "is not valid")
    with pytest.raises(InvalidScenario) as raised:
        found.raise_if_any()
    assert [mistake.field for mistake in raised.value.mistakes] == ["--origin", "URL"]
    assert "secret" not in str(raised.value)
    Mistakes().raise_if_any()
