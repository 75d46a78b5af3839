"""URLs and origins around which somebody put braces, brackets or quotation marks."""

from __future__ import annotations

import pytest

from corsdoctor.console.recognize import recognize
from corsdoctor.message import is_cut, without_wrapping

URL = "http://localhost:8080/api"
PAGE = "http://localhost:3000"


@pytest.mark.parametrize("around", ["{{{}}}", "<{}>", "[{}]", "({})", '"{}"', "'{}'", "'{}'.//", "[[{}]]", '"{}",'])
def test_what_stands_around_a_url_is_left_out(around: str) -> None:
    for url in (URL, "https://[::1]:80/a", "https://a.example/x?y=1#z"):
        assert without_wrapping(around.format(url)) == url


@pytest.mark.parametrize(
    "text", [URL, "<URL>", "{url}", "https://<host>/", "https://a.example/(x)", "[a](b)", "https://a.example/it's'", ""]
)
def test_what_is_a_part_of_it_stays(text: str) -> None:
    assert without_wrapping(text) == text


@pytest.mark.parametrize(
    "text",
    [
        f"Access to fetch at '{{{URL}}}' from origin '{{{PAGE}}}' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
        f"Access to fetch at '<{URL}>' from origin '<{PAGE}>' has been blocked by CORS policy: It does not have HTTP ok status.",
        f"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {{{URL}}}. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing).",
        f"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at '{URL}'.// (Reason: CORS header ‘Access-Control-Allow-Origin’ missing).",
        f"XMLHttpRequest cannot load {{{URL}}}. No 'Access-Control-Allow-Origin' header is present on the requested resource. Origin '{{{PAGE}}}' is therefore not allowed access.",
    ],
)  # fmt: skip
def test_in_a_message(text: str) -> None:
    (message,) = recognize(text)
    assert message.url == URL
    assert message.origin == (None if "Same Origin Policy" in text else PAGE)
    assert message.text in text.replace("\u2018", "'").replace("\u2019", "'")


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("https://api.example/a...", True), ("https://api.example/a…", True), ("https://...", True), ("...", True),
        ("https://api.../v1", True), ("https://…/v1", True), ("https://api.example/?a=...", True), ("http://x/a..", True),
        ("http://localhost:30...", True), ("x-custom-...", True), ("https://api.example/compare/main...dev", False),
        ("https://api.example/a.", False), ("https://api.example/a..b", False), ("x-a", False),
    ],
)  # fmt: skip
def test_what_is_cut_off(text: str, cut: bool) -> None:
    assert is_cut(text) is cut
