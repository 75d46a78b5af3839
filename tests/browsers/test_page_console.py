"""What browsers print about a page's own headers and markup, as it was recorded."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, STANDARD, WEBKIT
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.run import run_flow
from corsdoctor.scenario.page import Page
from corsdoctor.url import parse
from corsdoctor.wire import Headers, Response

CSP, REPORTS, PAGE = "Content-Security-Policy", "Content-Security-Policy-Report-Only", "https://app.example/a"
REFERRER = "Referrer-Policy"


def printed(headers: tuple[tuple[str, str], ...], head: str = "", url: str = PAGE) -> tuple[list[str], ...]:
    """What Chromium, Firefox and WebKit print, in alphabetical order."""
    address = parse(url)
    assert address is not None
    page = Page(address, Headers(headers), head)
    return tuple(sorted(profile.page_console(page)) for profile in (CHROMIUM, FIREFOX, WEBKIT))


class Case(NamedTuple):
    """A policy, and words of each message of Chromium, Firefox and WebKit."""

    policy: str
    chromium: tuple[str, ...] = ()
    firefox: tuple[str, ...] = ()
    webkit: tuple[str, ...] = ()
    header: str = CSP


UNKNOWN = "Unrecognized Content-Security-Policy directive '{}'."
CASES = (
    Case("img-src 'self' https://a.example:8443/x/ data: 'nonce-abc' *.b.example"),
    Case("img-src 'none'"),
    Case(""),
    Case("; ;"),
    Case("foo x", (UNKNOWN.format("foo"),), ("unknown directive ‘foo’",), (UNKNOWN.format("foo"),)),
    Case("foo x", (UNKNOWN.format("foo"),), ("This site", "‘foo’"), ("report-to", UNKNOWN.format("foo")), REPORTS),
    Case("img-src *, foo", (UNKNOWN.format("foo"),), ("‘foo’",), (UNKNOWN.format("foo"),)),
    Case("img-src a; img-src b", ("duplicate",), ("Duplicate img-src",), ("duplicate",)),
    Case(
        "img-src b$d 'foo' http://",
        ("'b$d'", "''foo''", "'http://'"), ("invalid host 'foo'", "host b$d", "host http://"), ("'b$d'", "''foo''", "'http://'"),
    ),
    Case("img-src http:a.example", ("'http:a.example'",), ("unrecognized source http:a.example",), ("'http:a.example'",)),
    Case("img-src https://a:foo", ("'https://a:foo'",), ("port in https://a:foo",), ("'https://a:foo'",)),
    Case("img-src \xc3\xa9", ("invalid characters",), ("invalid characters ‘Ã©’",), ("invalid character: 'Ã©'",)),
    Case("img-src \xc3\xa0.example", ("invalid characters",), ("invalid characters ‘Ã\xa0.example’",), ("character: 'Ã\xa0.example'",)),
    Case("img-src https://a/p?q", ("'/p?q'. The query",), (), ("'/p?q'. The query",)),
    Case("img-src https://a/#x", ("'/#x'. The fragment",), (), ("'/#x'. The fragment",)),
    Case("img-src 'none' *", ("alongside",), ("option 'none'",), ("'none' has no effect",)),
    Case("require-trusted-types-for 'script'; trusted-types 'allow-duplicates' a *"),
    Case("trusted-types 'none'"),
    Case("require-trusted-types-for", ("directive is empty",), ("invalid number of tokens for the ‘require-trusted-types-for‘",), ()),
    Case("require-trusted-types-for script", ("directive is empty", "directive: script. Did you mean 'script'?"), ("directive: script; expected ‘script‘",), ("Invalid sink group",)),
    Case("require-trusted-types-for 'SCRIPT'", ("directive is empty", "directive: 'SCRIPT'.\n"), ("directive: 'SCRIPT'; expected",), ()),
    Case("trusted-types a! b", ("contains an invalid policy: 'a!'",), ("‘trusted-types‘ directive: a!",), ()),
    Case("trusted-types 'foo'", ("policy: ''foo''",), ("directive: 'foo'",), ("policy name in 'trusted-types' Content Security Policy directive: ''foo''.",)),
    Case("trusted-types 'none' a", ("policy: 'none'. It will be ignored. Note",), ("Ignoring unknown option 'none'",), ("directive: 'none'. Note",)),
    Case("trusted-types \xc3\xa9", ("invalid characters",), ("invalid characters ‘Ã©’",), ("invalid character: 'Ã©'",)),
    Case("img-src self", (), ("Interpreting self as a hostname",), ()),
    Case("frame-ancestors a$", ("does not support",), ("host a$",), ("'a$'",)),
    Case("style-src 'strict-dynamic'", (), ("Only supported within script-src", "within “style-src”"), ("''strict-dynamic''",)),
    Case("default-src 'strict-dynamic'"),
    Case("script-src 'nonce-x' 'strict-dynamic' 'unsafe-eval' a.example", (), ("“https://a.example”",), ()),
    Case("script-src 'nonce-x' 'unsafe-inline'", (), ("nonce-source or hash-source specified",), ()),
    Case("img-src [::1]", ("'[::1]'",), ("host [::1]",), ("'[::1]'",)),
    Case("manifest-src 'self' 'none'", ("'none'",), ("'none'",), ("directive 'manifest-src'",)),
    Case("sandbox allow-scripts a", ("'a' is an invalid",), ("flag ‘a’",), ("'a' is an invalid",)),
    Case("sandbox a b", ("'a', 'b' are invalid sandbox flags",), ("‘a’", "‘b’"), ("'a', 'b' are invalid sandbox flags",)),
    Case("upgrade-insecure-requests a", ("should be empty",), ("Ignoring srcs",), ()),
    Case("block-all-mixed-content", (), ("obsolete",), ()),
    Case("plugin-types a/b", ("'plugin-types'",), ("‘plugin-types’",), ()),
    Case("plugin-types", ("'plugin-types'",), ("‘plugin-types’",), ("'plugin-types'",)),
    Case("reflected-xss block", ("'reflected-xss'",), ("Not supporting directive",), ("'reflected-xss'",)),
    Case("manifest-src *", (), (), ("'manifest-src'",)),
    Case("fenced-frame-src *", (), ("‘fenced-frame-src’",), ("'fenced-frame-src'",)),
    Case("img-src *", (), ("This site (https://app.example)",), ("'img-src *' was delivered",), REPORTS),
    Case("img-src *; report-to x", header=REPORTS),
    Case("", header=REPORTS),
    Case(
        "sandbox; report-uri /x", ("'sandbox' is ignored",), ("‘sandbox ; report-uri https://app.example/x’",),
        ("'sandbox' is ignored",), REPORTS,
    ),
    Case("frame-ancestors a; report-uri x", (), (), ("'frame-ancestors' is ignored",), REPORTS),
    Case("upgrade-insecure-requests; report-uri x", ("is ignored",), (), ("is ignored",), REPORTS),
    Case("origin, foo", header=REFERRER),
    Case("foo", ("'foo' is not one of",), (), ("'foo' is not one of",), REFERRER),
    Case("foo", (), ("did you mean to send “nosniff”",), (), "X-Content-Type-Options"),
    Case("NOSNIFF, foo", header="X-Content-Type-Options"),
    Case("max-age=1; includeSubDomains", header="Strict-Transport-Security"),
    Case("foo", (), ("did not include",), (), "Strict-Transport-Security"),
    Case("max-age=a", (), ("invalid ‘max-age’",), (), "Strict-Transport-Security"),
    Case("a=1; SameSite=foo", (), ("cookie “a”",), (), "Set-Cookie"),
    Case("a=1; Secure", header="Set-Cookie"),
    Case("same-origin", header="Cross-Origin-Opener-Policy"),
)  # fmt: skip


def assert_printed(found: list[str], words: tuple[str, ...]) -> None:
    assert len(found) == len(words), found
    assert all(any(word in message for message in found) for word in words), found


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.header}: {case.policy}")
def test_headers(case: Case) -> None:
    chromium, firefox, webkit = printed(((case.header, case.policy),))
    assert_printed(chromium, case.chromium)
    assert_printed(firefox, case.firefox)
    assert_printed(webkit, case.webkit)


@pytest.mark.parametrize(
    ("head", "chromium", "firefox", "webkit"),
    [
        (f'<meta http-equiv="{CSP}" content="img-src \'self\'">', (), (), ()),
        (f'<meta http-equiv="{CSP}" content="sandbox">', ("via a <meta>",), ("meta element",), ("HTML meta element",)),
        (
            f'<meta http-equiv="{CSP}" content="report-uri x">',
            ("via a <meta>",),
            ("meta element",),
            ("HTML meta element",),
        ),
        (f'<meta http-equiv="{REPORTS}" content="foo">', ("which is disallowed",), (), ()),
        ('<meta http-equiv="X-Frame-Options" content="DENY">', ("inside <meta>",), (), ("'DENY' supplied",)),
        ('<meta http-equiv="Set-Cookie" content="a=1">', ("`a=1` cookie",), (), ("is obsolete",)),
        ('<meta name="referrer" content="origin">', (), (), ()),
        ('<meta name="referrer" content="never">', (), (), ()),
        ('<meta name="referrer" content="foo">', ("'foo' is not one of 'always'",), (), ("'foo' is not",)),
        ('<meta name="referrer" content="origin, foo">', ("only one token",), (), ("'origin, foo' is not",)),
    ],
)
def test_markup(head: str, chromium: tuple[str, ...], firefox: tuple[str, ...], webkit: tuple[str, ...]) -> None:
    for found, words in zip(printed((), head), (chromium, firefox, webkit), strict=True):
        assert_printed(found, words)


@pytest.mark.parametrize(("url", "said"), [("http://app.example/", 1), ("http://localhost/", 0), ("file:///a", 0)])
def test_an_opener_policy_over_http(url: str, said: int) -> None:
    chromium, firefox, _ = printed(
        (("Cross-Origin-Opener-Policy", "same-origin"), ("Strict-Transport-Security", "foo")), url=url
    )
    assert (len(chromium), firefox) == (said, [])


def test_a_flow_has_them_and_the_standard_has_none() -> None:
    flow = read_flow({"visits": [{"page": PAGE, "headers": {CSP: "foo x"}}]})
    standard, chromium = run_flow(flow, (STANDARD, CHROMIUM), lambda *_: Response(200, Headers()))
    assert standard.pages[0].console == ()
    assert chromium.pages[0].console == (UNKNOWN.format("foo"),)


def test_an_inner_list_without_an_end_is_read_in_linear_time() -> None:
    said, _, _ = printed((("Speculation-Rules", "(" + "a" * 10_000),))  # one that tries every division of it never ends
    assert len(said) == 1
    assert said[0].startswith("Cannot parse Speculation-Rules header value.")


def test_urls_of_speculation_rules_that_can_be_read_are_not_printed() -> None:
    assert printed((("Speculation-Rules", '"/rules.json"'),)) == ([], [], [])


def words_of_webkit(headers: tuple[tuple[str, str], ...], **request: object) -> str:
    flow = read_flow(
        {
            "visits": [
                {
                    "page": PAGE,
                    "headers": [*map(list, headers)],
                    "requests": [{"url": "http://api.example/", **request}],
                }
            ]
        }
    )
    [result] = run_flow(flow, (WEBKIT,), lambda *_: Response(200, Headers()))
    return "\n".join(result.steps[0].diagnosis.console)


def test_webkit_reports_an_insecure_form_beside_the_policy_and_no_mixed_image_of_svg() -> None:
    assert "insecure" in words_of_webkit(((CSP, "form-action 'self'"),), api="form", method="POST")
    assert "insecure" not in words_of_webkit((), api="svg-use")
