"""data: URLs: what they say, and which can't be read."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from corsdoctor.browsers import BROWSERS, FIREFOX, STANDARD
from corsdoctor.fetch.data_url import RULES, data_url_response
from corsdoctor.fetch.request_constructor import request_constructor
from corsdoctor.scenario import Api, Mode, Scenario
from corsdoctor.url import OPAQUE
from tests.fetch.asking import APP, answer, ask, blamed, causes_of, params_for, request_for

USUAL = "text/plain;charset=US-ASCII"


@dataclass(frozen=True)
class Case:
    url: str
    kind: str | None

    @property
    def id(self) -> str:
        return self.url


CASES = (
    Case("data:,x", USUAL),
    Case("data:,", USUAL),
    Case("data:", None),
    Case("data:x", None),
    Case("data:#,", None),
    Case("data:,#x", USUAL),
    Case("data:text/html,x", "text/html"),
    Case("data: text/html ,x", "text/html"),
    Case("data:text/html;a=b,x", "text/html;a=b"),
    Case("data:html,x", USUAL),
    Case("data:;charset=utf-8,x", "text/plain;charset=utf-8"),
    Case("data:;base64,YQ==", USUAL),
    Case("data:;base64,YQ=", None),
    Case("data:;base64,YQ", USUAL),
    Case("data:;base64,Y", None),
    Case("data:;base64,YWE=", USUAL),
    Case("data:;base64,YWE==", None),
    Case("data:;base64,YWFh", USUAL),
    Case("data:;base64,YWFh=", None),
    Case("data:;base64,", USUAL),
    Case("data:;base64,=", None),
    Case("data:;base64,Y===", None),
    Case("data:;base64,Y%51%20=%0A=", USUAL),
    Case("data:;base64,Y-E=", None),
    Case("data:;base64,YWE%C3%A9", None),
    Case("data:text/html;BASE64,YQ==", "text/html"),
    Case("data:text/html; base64,YQ==", "text/html"),
    Case("data:text/html ; base64 ,YQ==", "text/html"),
    Case("data:text/html;base64;a=b,x", "text/html;a=b"),
    Case("data:TEXT/HTML;A=b;,x", "text/html;a=b"),
    Case("data:text/htmlbase64,x", "text/htmlbase64"),
    Case("data:base64,x", USUAL),
    Case("data:text/html;xbase64,x", "text/html"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_data_urls(case: Case) -> None:
    response = data_url_response(request_for(Scenario(case.url, APP)), STANDARD)
    assert (None if response is None else response.headers.pairs) == (
        None if case.kind is None else (("Content-Type", case.kind),)
    )
    diagnosis = ask(Scenario(case.url, APP), answer(500))
    assert diagnosis.exchanges == ()
    assert blamed(diagnosis.failure) == (("data-url-parses", None) if case.kind is None else None)
    assert diagnosis.readable == (None if case.kind is None else ("content-type",))


@pytest.mark.parametrize("mode", Mode)
def test_every_mode_loads_them_from_every_page(mode: Mode) -> None:
    for origin in (APP, OPAQUE):
        assert ask(Scenario("data:,x", origin, mode=mode), answer(500)).verdict == "allowed"


@pytest.mark.parametrize("api", [Api.FETCH, Api.XHR])
def test_one_browser_shows_fetch_a_length(api: Api) -> None:
    for profile in BROWSERS:
        response = data_url_response(request_for(Scenario("data:,a%20b", APP, api=api)), profile)
        assert response is not None
        shown = profile is FIREFOX and api is Api.FETCH
        assert response.headers.get("Content-Length") == ("3" if shown else None)


def test_the_body_is_decoded() -> None:
    for data, body in (("YQ==", b"a"), ("YWE=", b"aa"), ("YWE", b"aa"), ("YWFh", b"aaa"), ("YW Fh", b"aaa"), ("", b"")):
        response = data_url_response(request_for(Scenario(f"data:;base64,{data}", APP)), FIREFOX)
        assert response is not None
        assert response.body == body
        assert response.headers.get("Content-Length") == str(len(body))
    plain = data_url_response(request_for(Scenario("data:,a%20b", APP)), FIREFOX)
    assert plain is not None
    assert plain.body == b"a b"


def test_no_rule_here_names_causes() -> None:
    assert causes_of(RULES) == set()


@given(st.text() | st.text(st.sampled_from("Yag=;,% /base64")))
@example(";base64,=%3D=")
def test_it_never_raises(rest: str) -> None:
    request = request_constructor(Scenario(f"data:{rest}", APP), params_for())
    assume(request is not None)  # data://[ has a host, a bad one
    assert request is not None
    for profile in BROWSERS:
        response = data_url_response(request, profile)
        assert response is None or response.headers.get("Content-Type")
