"""What few requests set: streamed bodies, Blobs, keepalive, and blob: URLs."""

from __future__ import annotations

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.fetch.before_sending import KEEPALIVE_FITS
from corsdoctor.fetch.data_url import BLOB_IS_READ
from corsdoctor.fetch.request_constructor import STREAM_IS_SENT
from corsdoctor.rule import Rule
from corsdoctor.scenario import JUST_MADE, Api, Init, Mode, Scenario
from corsdoctor.scenario.page import Client, Page
from corsdoctor.url import parse
from corsdoctor.wire import Response
from tests.fetch.asking import ANY, API, APP, HOME, answer, ask

HOME_URL = parse(HOME)
assert HOME_URL is not None
CLIENT = Client(Page(HOME_URL))
OVER_HTTP2 = answer(200, *ANY)._replace(http_version="2")
OVER_HTTP1 = answer(200, *ANY)


def rule_of(diagnosis: Diagnosis) -> Rule | None:
    return None if diagnosis.failure is None else diagnosis.failure.rule


@pytest.mark.parametrize(
    ("profile", "url", "answered", "rule", "sent"),
    [
        (STANDARD, API, OVER_HTTP2, None, ["OPTIONS", "POST"]),
        (CHROMIUM, API, OVER_HTTP2, None, ["OPTIONS", "POST"]),
        (CHROMIUM, API, OVER_HTTP1, STREAM_IS_SENT, ["OPTIONS"]),
        (CHROMIUM, HOME, OVER_HTTP2, None, ["POST"]),
        (CHROMIUM, HOME, OVER_HTTP1, STREAM_IS_SENT, ["POST"]),
        (FIREFOX, API, OVER_HTTP1, None, ["POST"]),
        (WEBKIT, API, OVER_HTTP2, STREAM_IS_SENT, []),
    ],
)
def test_a_streamed_body(profile: Profile, url: str, answered: Response, rule: Rule | None, sent: list[str]) -> None:
    asked = Scenario(url, APP, "POST", body=b"x", streamed=True, client=CLIENT)
    diagnosis = ask(asked, answered, profile=profile)
    assert rule_of(diagnosis) is rule
    assert [exchange.request.method for exchange in diagnosis.exchanges] == sent
    if profile is FIREFOX:
        assert diagnosis.exchanges[0].request.body == b"[object ReadableStream]"


def test_without_a_page_the_version_does_not_matter() -> None:
    assert rule_of(ask(Scenario(API, APP, "POST", body=b"x", streamed=True), OVER_HTTP1)) is None


@pytest.mark.parametrize(("kind", "sent"), [("text/plain", "text/plain"), ("X/Y", "x/y"), ("", None), ("\xe9", None)])
def test_a_blob_brings_its_type(kind: str, sent: str | None) -> None:
    asked = Scenario(HOME, APP, "POST", body=b"x", init=Init(body_type=kind))
    [exchange] = ask(asked, answer(200)).exchanges
    assert exchange.request.headers.get("Content-Type") == sent


@pytest.mark.parametrize(("size", "rule"), [(64 * 1024, None), (64 * 1024 + 1, KEEPALIVE_FITS)])
@pytest.mark.parametrize("api", [Api.FETCH, Api.BEACON, Api.KEEPALIVE])
def test_what_outlives_the_page_is_small(size: int, rule: Rule | None, api: Api) -> None:
    asked = Scenario(HOME, APP, "POST", body=b"x" * size, api=api, init=Init(keepalive=api is Api.FETCH))
    assert rule_of(ask(asked, answer(200))) is rule


@pytest.mark.parametrize("mode", [Mode.CORS, Mode.NO_CORS, Mode.SAME_ORIGIN])
@pytest.mark.parametrize("profile", [STANDARD, CHROMIUM, FIREFOX, WEBKIT], ids=lambda profile: profile.name)
def test_a_blob_url_is_the_pages_own(mode: Mode, profile: Profile) -> None:
    diagnosis = ask(Scenario(JUST_MADE, APP, mode=mode, client=CLIENT), profile=profile)
    assert diagnosis.verdict is Verdict.ALLOWED
    assert not diagnosis.exchanges
    assert {"content-length", "content-type"} <= set(diagnosis.readable or ())


@pytest.mark.parametrize("method", ["POST", "HEAD", "PUT"])
def test_a_blob_url_is_only_read(method: str) -> None:
    assert rule_of(ask(Scenario(JUST_MADE, APP, method, client=CLIENT))) is BLOB_IS_READ
