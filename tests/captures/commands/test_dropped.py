"""Which headers of a copied request no script set, and the fields of the Scenario that is made of the others."""

from __future__ import annotations

from typing import Any

import pytest

from corsdoctor.captures.commands.read import requests
from corsdoctor.captures.commands.scenario import fields_of
from corsdoctor.scenario import Api, Credentials, Mode

CHROME = "-H 'sec-ch-ua: x' -H 'User-Agent: Mozilla/5.0' -H 'Referer: https://p.example/q'"


def parsed(text: str) -> Any:
    [found] = requests(text, lambda _: None)
    return found


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"curl https://a.example {CHROME} -H 'priority: u=1' -H 'accept: */*' -H 'accept-language: en'", ""),
        (f"curl https://a.example {CHROME} -H 'pragma: no-cache' -H 'cache-control: no-cache'", ""),
        (f"curl https://a.example {CHROME} -H 'cache-control: max-age=0'", ""),
        (f"curl https://a.example {CHROME} -H 'cache-control: no-cache'", "cache-control"),
        (f"curl https://a.example {CHROME} -H 'pragma: x'", "pragma"),
        (f"curl https://a.example {CHROME} -H 'accept: application/json'", "accept"),
        (f"curl https://a.example {CHROME} -H 'authority: a.example' -H 'path: /' -H ':scheme: https'", ""),
        (f"curl https://a.example {CHROME} -H 'path: /' -H 'if-none-match: x' -H 'range: bytes=0-'", "path range"),
        (f"curl https://a.example {CHROME} -H 'authorization: x' -H 'x-requested-with: y' -H 'origin: null'", "authorization x-requested-with"),
        ("curl https://a.example -H 'pragma: no-cache' -H 'cache-control: no-cache' -H 'accept: */*'", "pragma cache-control accept"),
        ("curl https://a.example -A me -b a=1 -e https://p.example -H 'host: b' -H 'connection: close'", ""),
        ("fetch('https://a.example', {headers: {'User-Agent': 'me', A: 'b'}})", "User-Agent A"),
        ("fetch('https://a.example', {headers: {'User-Agent': 'Mozilla/5.0', Cookie: 'a=1', A: 'b'}})", "A"),
    ],
)  # fmt: skip
def test_what_a_script_set(text: str, kept: str) -> None:
    found = parsed(text)
    assert [name for name, _ in found.headers if name not in found.dropped] == kept.split()
    assert [name for name, _ in fields_of(found)["headers"]] == kept.split()


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("curl https://a.example -H 'Origin: null' -e https://p.example/q", "null"),
        ("curl https://a.example -e https://p.example:8443/q", "https://p.example:8443"),
        ("curl https://a.example -e about:blank", None),
        ("curl https://a.example -e /q", None),
        ("fetch('https://a.example', {referrer: 'https://p.example/q'})", "https://p.example"),
        ("fetch('https://a.example', {referrer: 'about:client'})", None),
    ],
)
def test_the_page(text: str, origin: str | None) -> None:
    assert parsed(text).origin == origin


def test_the_fields_that_a_text_states() -> None:
    found = fields_of(parsed("curl https://a.example -A me -b a=1 -d x -H 'Sec-Fetch-Mode: cors'"))
    assert found == {
        "method": "POST",
        "headers": (("Content-Type", "application/x-www-form-urlencoded"),),
        "credentials": Credentials.INCLUDE,
        "mode": Mode.CORS,
        "api": Api.FETCH,
        "upload_listener": False,
        "body": b"x",
        "cookie": "a=1",
        "user_agent": "me",
    }


def test_a_preflight_request_stands_for_the_request_that_it_asks_for() -> None:
    ask = "curl -X OPTIONS https://a.example -H 'Origin: https://p.example' -H 'Access-Control-Request-Method: PUT'"
    assert fields_of(parsed(ask)) | {"api": None, "upload_listener": None} == {
        "method": "PUT",
        "headers": (),
        "api": None,
        "upload_listener": None,
    }
    found = fields_of(parsed(f"{ask} -H 'Access-Control-Request-Headers: x-a, ,content-type'"))
    assert found["headers"] == (("x-a", "?"), ("content-type", "?"))
    assert fields_of(parsed("curl -X OPTIONS https://a.example"))["method"] == "OPTIONS"


def test_a_text_without_a_request_is_one_error() -> None:
    assert parsed("nothing").error.startswith("the text has no request")
    assert (parsed("curl 'a").line, parsed("\n\ncurl 'a").spot) == (1, (3, 6))
