"""The request for a page whose policies count."""

from __future__ import annotations

import pytest

from corsdoctor.errors import InvalidScenario, UnreadableInput
from corsdoctor.page_request import Pages
from corsdoctor.request_fields import client_of, read_page
from corsdoctor.scenario import Scenario
from corsdoctor.scenario.markup import metas
from corsdoctor.url import Origin
from corsdoctor.wire import Answer, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest, Withheld

ORIGIN = Origin("https", "app.example", None)
CSP = ("Content-Security-Policy", "connect-src 'none'")


class Site:
    """Answers by path, and remembers what was requested."""

    def __init__(self, **answers: Answer) -> None:
        self.answers, self.asked = answers, list[str]()

    def send(self, kind: Kind, request: WireRequest) -> Answer:
        assert (kind, request.method, request.headers.get("Cookie")) == (Kind.PAGE, "GET", None)
        self.asked.append(request.url)
        return self.answers[request.url.rpartition("/")[2].partition("?")[0]]


def asked(path: str) -> Scenario:
    client = client_of({"page": read_page(f"https://app.example/{path}")}, None)
    assert client is not None
    assert client.page.unread
    return Scenario("https://api.example/", client.origin, client=client)


def response(*headers: tuple[str, str], status: int = 200, body: bytes = b"") -> Response:
    return Response(status, Headers(headers), body=body)


def test_a_page_is_requested_once_and_its_policies_are_kept() -> None:
    markup = b'<meta name=csrf content=s3cret><meta name=referrer content="no-referrer">'
    site = Site(a=response(CSP, ("Set-Cookie", "sid=1"), body=markup))
    pages = Pages(site.send)
    first, second = pages.with_page(asked("a")), pages.with_page(asked("a"))
    assert first == second
    assert site.asked == ["https://app.example/a"]
    assert first.client is not None
    page = first.client.page
    assert (page.headers.pairs, page.requested, page.unread) == ((CSP,), True, False)
    assert "no-referrer" in page.head
    assert "s3cret" not in page.head


def test_markup_that_holds_markup_stays_text() -> None:
    markup = """<meta http-equiv='"><meta name=a>' name=referrer content='"><meta http-equiv="x" content="&amp;quot;'>\xff
        <meta http-equiv=referrer-policy name='"><p a="' content="origin">"""
    found = Pages(Site(a=response(body=markup.encode("latin-1"))).send).with_page(asked("a")).client
    assert found is not None
    assert list(metas(found.page.head)) == list(metas(markup))


def test_what_has_no_page_to_request_stays_as_it_is() -> None:
    pages = Pages(Site().send)
    plain = Scenario("https://api.example/", ORIGIN)
    known = plain._replace(client=client_of({"page_headers": (CSP,)}, ORIGIN))
    assert [pages.with_page(one) for one in (plain, known)] == [plain, known]


def test_a_sandboxed_page_has_an_opaque_origin() -> None:
    found = Pages(Site(a=response(("Content-Security-Policy", "sandbox"))).send).with_page(asked("a"))
    assert found.origin.opaque


def test_a_page_that_moved_and_an_error_page() -> None:
    site = Site(
        a=response(("Location", "/moved/to"), status=302),
        to=response(("Location", "b"), status=302),
        b=response(CSP, status=400),
        c=response(("Location", "http://["), status=302),
    )
    warned: list[str] = []
    found = Pages(site.send, warned.append).with_page(asked("a"))
    assert found.client is not None
    assert found.client.page.url.href == "https://app.example/moved/b"
    assert warned == ["the page returned status 400: the policies are those of this error page"]
    chosen = Pages(Site(a=response(CSP, ("Location", "b"), status=300)).send).with_page(asked("a")).client
    assert chosen is not None
    assert chosen.page.headers.pairs == (CSP,)
    odd = Pages(site.send).with_page(asked("c")).client
    assert odd is not None
    assert odd.page.headers.pairs == ()


@pytest.mark.parametrize(
    ("answer", "error", "reason"),
    [
        (
            NoAnswer(FailureKind.REFUSED, "refused"),
            UnreadableInput,
            r"page https://app.example/a\?\.\.\.: no response: refused",
        ),
        (Withheld("no more"), UnreadableInput, r"page https://app.example/a\?\.\.\.: not sent: no more"),
        (
            response(("Location", "https://other.example/?token=s3cret"), status=302),
            InvalidScenario,
            "redirects to https://other.example/",
        ),
        (response(("Location", "/a"), status=302), InvalidScenario, "redirects more than 5 times"),
    ],
)
def test_a_page_that_cannot_be_had(answer: Answer, error: type[Exception], reason: str) -> None:
    with pytest.raises(error, match=reason) as caught:
        Pages(Site(a=answer).send).with_page(asked("a?token=s3cret"))
    assert "s3cret" not in str(caught.value)
