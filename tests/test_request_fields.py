"""The request of a report in JSON, read back."""

from __future__ import annotations

import pytest

from corsdoctor.reports.json_ import request_object
from corsdoctor.request_fields import from_report
from corsdoctor.scenario import Scenario
from corsdoctor.scenario.page import Client, Page
from corsdoctor.url import parse
from corsdoctor.wire import Headers

URL = parse("https://app.example/a")
assert URL is not None
CLIENT = Client(
    Page(URL, Headers((("Referrer-Policy", "origin"),)), "<meta name=referrer content=origin>", requested=True)
)
ASKED = Scenario("https://api.example/", CLIENT.origin, client=CLIENT)


@pytest.mark.parametrize("asked", [ASKED, ASKED._replace(client=None)], ids=["page", "origin"])
def test_what_was_written_is_read(asked: Scenario) -> None:
    assert from_report(request_object(asked)) == asked


def test_a_page_has_a_url() -> None:
    with pytest.raises(ValueError, match="no page"):
        from_report({**request_object(ASKED), "page": {"url": "", "headers": [], "head": ""}})
