"""Which language a text is in, and whether it begins with a request."""

from __future__ import annotations

import pytest

from corsdoctor.captures.commands.language import Language, language_of, leading_language

CURL = "curl 'https://a.example'"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (CURL, Language.BASH),
        (f"$ {CURL}", Language.BASH),
        (f"user@host:~/x$ {CURL}", Language.BASH),
        (f"A=1 sudo {CURL}", Language.BASH),
        (f"echo x | {CURL}", Language.BASH),
        (f"set -e\n\n/usr/bin/{CURL} \\\n -k", Language.BASH),
        ("http POST :3000/x a=1", Language.BASH),
        ("curl.exe https://a.example", Language.BASH),
        ("curl -d \"fetch('https://b.example')\" https://a.example", Language.BASH),
        ("curl -d $'^\\n' \"x\" ^\n", Language.BASH),
        ('curl "https://a.example" \\\n -d "^"', Language.BASH),
        ('curl ^"https://a.example^"', Language.CMD),
        ('curl "https://a.example" ^\n -k', Language.CMD),
        ('curl "https://a.example" ^\r\n -k', Language.CMD),
        ("C:\\Users\\me>curl https://a.example", Language.CMD),
        ("curl.exe https://a.example `\n -d 'x'", Language.POWERSHELL),
        ("PS C:\\> Invoke-WebRequest https://a.example", Language.POWERSHELL),
        ("$r = irm https://a.example", Language.POWERSHELL),
        ("$session = New-Object X\nfetch('a')", Language.POWERSHELL),
        ("curl -Uri https://a.example", Language.POWERSHELL),
        ("fetch('https://a.example')", Language.JAVASCRIPT),
        ("await fetch(url)", Language.JAVASCRIPT),
        ("const r = await axios.post (url)", Language.JAVASCRIPT),
        ("x.then(() => window.fetch(url))", Language.JAVASCRIPT),
        ("$.ajax({})", Language.JAVASCRIPT),
        ("var x = new XMLHttpRequest()", Language.JAVASCRIPT),
        ("fetch('https://a.example', {body: `\ncurl x`})", Language.JAVASCRIPT),
        ("$('#a').ajax()", None),
        ("at fetch (main.js:3:5)", None),
        ("prefetch('a')", None),
        ("https://a.example", None),
        ("curly https://a.example", None),
        ("", None),
    ],
)
def test_the_language(text: str, language: Language | None) -> None:
    assert language_of(text) is language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (CURL, Language.BASH),
        (f"\n# a comment\n\n{CURL}", Language.BASH),
        ("curl", None),
        ("https://a.example\n" * 30 + CURL, None),
        ("nothing", None),
    ],
)
def test_a_text_that_begins_with_a_request(text: str, language: Language | None) -> None:
    assert leading_language(text) is language


@pytest.mark.parametrize("text", ["http {\n  server { }\n}", "events {}\nhttp\n{\n}", "http{}"])
def test_a_block_of_nginx_is_no_command(text: str) -> None:
    assert language_of(text) is None


@pytest.mark.parametrize(
    "unit", ["a=;", "a=b;", "a=b ", " ", "\t", '"', '\\"', "sudo ", "|", "&(", "$ ", "=  "], ids=repr
)
def test_the_language_of_a_hostile_line_is_found_in_linear_time(unit: str) -> None:
    assert language_of(f"{unit * 30_000}!") is None
    assert language_of(f"curl {unit * 30_000}!") is Language.BASH
