"""`fix` names the cookies that browsers lose, why, and how to set them."""

from __future__ import annotations

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.cure import cure
from corsdoctor.diagnose import diagnose_all
from corsdoctor.fixing import fixed
from corsdoctor.report import Report
from corsdoctor.reports.cure_json import cure_object
from corsdoctor.reports.cure_text import render
from corsdoctor.reports.writer import Style
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Headers, Response

GET = Scenario("https://api.example/me", Origin("https", "app.site.test"), credentials=Credentials.INCLUDE)
ALLOWED = (
    ("Access-Control-Allow-Origin", "https://app.site.test"), ("Access-Control-Allow-Credentials", "true"),
    ("Vary", "Origin"),
)  # fmt: skip


def report_of(scenario: Scenario, *lines: tuple[str, str]) -> Report:
    answer = Response(200, Headers((*ALLOWED, *lines)))
    return Report(diagnose_all(scenario, BROWSERS, lambda *_: answer))


def shown(report: Report, server: str | None = None) -> str:
    return " ".join(render(fixed([report], server), Style(80)).split())


def test_a_cookie_that_is_not_stored_is_named_with_the_reason_in_each_browser() -> None:
    report = report_of(GET, ("Set-Cookie", "sid=1"))
    [lost] = cure(report.diagnoses).cookies
    assert (lost.name, lost.browsers, lost.stored, lost.attributes_help) == ("sid", ("Chromium", "WebKit"), True, True)
    assert lost.actions[0] == "Set the cookie with SameSite=None; Secure; Partitioned."
    text = shown(report)
    assert "Nothing needs to change" not in text
    assert "The cookie sid is not stored in Chromium and WebKit - Chromium: A cookie without SameSite counts" in text
    assert cure_object(cure(report.diagnoses))["cookies"][0]["name"] == "sid"


def test_a_cookie_that_may_not_be_sent_is_named() -> None:
    report = report_of(GET._replace(cookie="sid=1; lang=de"))
    assert [(lost.name, lost.stored) for lost in cure(report.diagnoses).cookies] == [("sid", False), ("lang", False)]
    assert "The cookies sid and lang may not be sent in Chromium, Firefox and WebKit" in shown(report)


@pytest.mark.parametrize("line", ["sid=1; Max-Age=0", "sid=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"])
def test_a_cookie_that_the_response_deletes_is_not_lost(line: str) -> None:
    at_home = GET._replace(url="https://api.site.test/me")
    assert cure(report_of(at_home, ("Set-Cookie", line)).diagnoses).cookies == ()
    assert "Nothing needs to change" in shown(report_of(at_home, ("Set-Cookie", line)))


def test_secure_requires_https() -> None:
    in_clear = GET._replace(url="http://api.example/me", origin=Origin("http", "app.site.test"))
    [lost] = cure(report_of(in_clear, ("Set-Cookie", "sid=1")).diagnoses).cookies
    assert any("over https" in action for action in lost.actions)


@pytest.mark.parametrize(
    ("server", "lines", "said"),
    [
        (None, (("Server", "Werkzeug/3.1"),), 'response.set_cookie("sid", value, samesite="None"'),
        (None, (("X-Powered-By", "Express"),), 'res.cookie("sid", value, { sameSite: "none"'),
        (None, (("X-Powered-By", "PHP/8.2"), ("Server", "nginx")), 'setcookie("sid", $value'),
        (None, (("Server", "nginx"),), "proxy_cookie_flags ~ secure samesite=none;"),
        (None, (("Server", "nginx"), ("Set-Cookie", "csrftoken=1; SameSite=None; Secure")), "SESSION_COOKIE_SAMESITE"),
        ("django", (("Server", "nginx"),), "SESSION_COOKIE_SAMESITE"),
        ("nestjs", (), "express-session"),
    ],
)
def test_it_is_set_in_the_words_of_the_framework(
    server: str | None, lines: tuple[tuple[str, str], ...], said: str
) -> None:
    assert said in shown(report_of(GET, ("Set-Cookie", "sid=1"), *lines), server)


@pytest.mark.parametrize("lines", [(), (("Server", "AmazonS3"),)])
def test_an_unknown_framework_gets_the_attributes_alone(lines: tuple[tuple[str, str], ...]) -> None:
    text = shown(report_of(GET, ("Set-Cookie", "sid=1"), *lines))
    assert text.endswith("forward the requests.")


@pytest.mark.parametrize("cookie", ["sid=1; SameSite=None; Secure", "sid=1; Domain=other.test"])
def test_attributes_that_would_not_help_are_not_printed(cookie: str) -> None:
    assert "samesite" not in shown(report_of(GET, ("Set-Cookie", cookie), ("Server", "Werkzeug/3.1")), None).lower()


def test_no_lines_are_made_from_a_name_that_needs_quoting() -> None:
    text = shown(report_of(GET, ("Set-Cookie", 'a"b=1'), ("Server", "Werkzeug/3.1")))
    assert 'set_cookie("NAME"' in text
