"""What an API cannot set, and the request of a report in JSON, read back."""

from __future__ import annotations

import pytest

from corsdoctor.reports.json_ import request_object
from corsdoctor.request_fields import from_report, refused
from corsdoctor.scenario import Api, PreloadAs, Scenario
from corsdoctor.scenario.page import Client, Page
from corsdoctor.url import parse
from corsdoctor.wire import Headers

URL = parse("https://app.example/a")
assert URL is not None
CLIENT = Client(
    Page(URL, Headers((("Referrer-Policy", "origin"),)), "<meta name=referrer content=origin>", requested=True)
)
ASKED = Scenario("https://api.example/", CLIENT.origin, client=CLIENT)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (ASKED._replace(method="PUT: x"), [("method", "this is a name with its value, not a method")]),
        (ASKED._replace(headers=(("X-A: b", ""),)), [("headers", "a header name cannot contain the value")]),
        (ASKED._replace(preload_as=PreloadAs.FONT), [("preload_as", "only <link rel=preload> has the attribute as")]),
        (ASKED._replace(api=Api.PRELOAD, preload_as=PreloadAs.FONT), []),
        (ASKED._replace(api=Api.FORM, method="POST", body=b"a=1"), []),
        (ASKED._replace(api=Api.FORM, body=b"a=1"), [("body", "a <form> has a body only with the method POST")]),
        (
            ASKED._replace(api=Api.FORM, method="PUT", headers=(("X-A", "b"),)),
            [
                ("method", "a <form> sends only GET or POST"),
                ("headers", "a <form> cannot set it; only fetch() and XMLHttpRequest can"),
            ],
        ),
    ],
)  # fmt: skip
def test_what_an_api_cannot_set(asked: Scenario, found: list[tuple[str, str]]) -> None:
    assert [(field.name, why) for field, _, why in refused(asked)] == found


@pytest.mark.parametrize("asked", [ASKED, ASKED._replace(client=None)], ids=["page", "origin"])
def test_what_was_written_is_read(asked: Scenario) -> None:
    assert from_report(request_object(asked)) == asked


def test_a_page_has_a_url() -> None:
    with pytest.raises(ValueError, match="no page"):
        from_report({**request_object(ASKED), "page": {"url": "", "headers": [], "head": ""}})
