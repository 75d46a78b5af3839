"""Content Security Policy: what a source list matches, which directive counts, and what browsers print."""

from __future__ import annotations

from typing import Any

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Verdict
from corsdoctor.fetch.content_security_policy import CSP
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.result import StepResult
from corsdoctor.flow.run import run_flow
from corsdoctor.rule import Outcome, next_step
from corsdoctor.wire import Answer, Headers, Kind, Response, WireRequest

PAGE, API = "https://app.example/a/page", "https://api.example/items"


def answer(_kind: Kind, request: WireRequest) -> Answer:
    if request.url.endswith("/moved"):
        return Response(302, Headers((("Access-Control-Allow-Origin", "*"), ("Location", "https://other.example/z"))))
    lines = (("Access-Control-Allow-Origin", request.headers.get("Origin") or "*"), ("Content-Type", "image/png"))
    return Response(200, Headers(lines))


def step(policy: str, profile: Profile = CHROMIUM, visit: dict[str, Any] | None = None, **request: Any) -> StepResult:
    headers = {CSP: policy} if policy else {}
    asked = {"url": API, **request}
    flow = read_flow({"visits": [{"page": PAGE, "headers": headers, "requests": [asked], **(visit or {})}]})
    [result] = run_flow(flow, (profile,), answer)
    return result.steps[0]


def passes(policy: str, **more: Any) -> bool:
    return step(policy, **more).verdict is not Verdict.BLOCKED


@pytest.mark.parametrize(
    ("sources", "url", "matches"),
    [
        ("*", API, True), ("*", "data:,x", False),
        ("'none'", API, False), ("", API, False), ("'nonce-x'", API, False),
        ("https:", API, True), ("http:", API, True), ("wss:", API, False), ("ftp:", API, False), ("HTTPS:", API, True),
        ("api.example", API, True), ("API.example", API, True), ("other.example", API, False),
        ("*.example", API, True), ("*.api.example", API, False),
        ("https://api.example", API, True), ("http://api.example", API, True), ("ftp://api.example", API, False),
        ("api.example:443", API, True), ("api.example:8080", API, False), ("api.example:*", API, True),
        ("api.example", "https://api.example:8443/", False), ("api.example:*", "https://api.example:8443/", True),
        ("http://api.example:80", API, True), ("api.example:8443", "https://api.example:8443/", True),
        ("api.example/items", API, True), ("api.example/other", API, False), ("api.example/it", API, False),
        ("api.example/", API, True), ("api.example/i/", API, False), ("api.example/%69tems", API, True),
        ("'self'", "https://app.example/x", True), ("'SELF'", "https://app.example/x", True),
        ("'self'", "https://app.example:8443/x", False), ("'self'", API, False),
        ("[::1]:*", "http://[::1]:8080/", False), ("http://[::1]:8080", "http://[::1]:8080/", False),
    ],
)  # fmt: skip
def test_source_lists(sources: str, url: str, matches: bool) -> None:
    assert passes(f"connect-src {sources}", url=url) is matches


HASH, OTHER = "sha256-" + "A" * 43 + "=", "sha384-" + "B" * 64


@pytest.mark.parametrize(
    ("policy", "api", "integrity", "allowed"),
    [
        ("script-src 'nonce-x' 'strict-dynamic'", "script", "", True),
        ("script-src 'nonce-x' 'STRICT-DYNAMIC' https://other.example", "module", "", True),
        ("script-src-elem 'strict-dynamic'", "import", "", True),
        ("default-src 'self' 'strict-dynamic'", "script", "", True),
        ("default-src 'self' 'strict-dynamic'", "image", "", False),
        ("worker-src 'strict-dynamic'; script-src 'self'", "script", "", False),
        ("script-src 'nonce-x'", "script", "", False), ("script-src 'nonce-x'", "import", "", True),
        (f"script-src '{HASH}'", "script", HASH, True),
        (f"script-src '{HASH}' '{OTHER}'", "script", f"{HASH} {OTHER}", True),
        (f"script-src '{HASH}'", "script", f"{HASH} {OTHER}", False),
        (f"script-src '{HASH}'", "script", "md5-x", False),
        (f"style-src '{HASH}'", "stylesheet", HASH, False),
    ],
)  # fmt: skip
def test_scripts_that_a_policy_trusts(policy: str, api: str, integrity: str, allowed: bool) -> None:
    steps = step(policy, api=api, integrity=integrity or None).diagnosis.steps
    assert any(s.rule.id == "csp-allows" for s in steps) is not allowed


@pytest.mark.parametrize(
    ("profile", "directives"), [(FIREFOX, ["form-action"]), (CHROMIUM, ["form-action", "frame-src"])]
)
def test_a_form_that_is_not_sent_is_not_framed(profile: Profile, directives: list[str]) -> None:
    steps = step("form-action 'self'; frame-src 'self'", profile, api="form").diagnosis.steps
    assert [str(dict(s.evidence)["wanted"]) for s in steps if s.rule.id == "csp-allows"] == directives


def test_self_covers_the_upgrade_of_an_http_page() -> None:
    visit = {"page": "http://app.example/", "headers": {CSP: "connect-src 'self'"}}
    assert passes("", visit=visit, url="https://app.example/x")
    assert not passes("", visit=visit, url="https://app.example:8443/x")


@pytest.mark.parametrize(
    ("url", "passed"), [("http://api.example/items", True), (API, True), ("https://b.example/", False)]
)
def test_firefox_matches_the_url_that_it_upgrades(url: str, passed: bool) -> None:
    policy = "upgrade-insecure-requests; connect-src https://api.example"
    assert passes(policy, profile=FIREFOX, url=url) is passed


def test_self_covers_no_other_port_than_that_of_the_page() -> None:
    visit = {"page": "http://app.example:8080/", "headers": {CSP: "connect-src 'self'"}}
    assert passes("", visit=visit, url="https://app.example:8080/x")
    assert not passes("", visit=visit, url="https://app.example/x")


def test_self_covers_no_http_url_of_an_https_page() -> None:
    visit = {"page": "https://localhost/", "headers": {CSP: "connect-src 'self'"}}
    assert passes("", visit={"page": "https://localhost/"}, url="http://localhost/x")
    assert not passes("", visit=visit, url="http://localhost/x")


@pytest.mark.parametrize(
    ("policy", "api", "allowed"),
    [
        ("img-src 'none'", "image", False), ("img-src 'none'", "fetch", True),
        ("default-src 'none'", "image", False), ("default-src 'none'; img-src *", "image", True),
        ("script-src 'none'", "script", False), ("script-src-elem *; script-src 'none'", "script", True),
        ("style-src 'none'", "stylesheet", False), ("font-src 'none'", "font", False), ("media-src 'none'", "media", False),
        ("connect-src 'none'", "eventsource", False), ("connect-src *; connect-src 'none'", "fetch", True),
        ("connect-src *, connect-src 'none'", "fetch", False), (" ; ", "fetch", True),
    ],
)  # fmt: skip
def test_which_directive_counts(policy: str, api: str, allowed: bool) -> None:
    failure = step(policy, api=api).diagnosis.failure
    assert (failure is None or failure.rule.id != "csp-allows") is allowed


def test_markup_and_frames() -> None:
    head = f'<meta http-equiv="{CSP}" content="connect-src \'none\'">'
    assert not passes("", visit={"head": head})
    assert passes("", visit={"head": head.replace(CSP, "refresh")})
    assert passes("", visit={"head": head.replace("connect-src ", "connect-src\xa0")})
    assert not passes("connect-src 'none'", frame={"url": "about:srcdoc"})
    assert passes("connect-src 'none'", frame={"url": "/frame"})
    assert not passes("", frame={"url": "/frame", "headers": {CSP: "connect-src 'none'"}})


def test_a_websocket_by_its_own_scheme() -> None:
    blocked = step("connect-src 'none'", url="wss://api.example/", api="websocket")
    assert dict(blocked.diagnosis.steps[0].evidence)["URL"] == "wss://api.example/"
    allowed = step("connect-src wss:", url="wss://api.example/", api="websocket").diagnosis.failure
    assert allowed is not None
    assert allowed.rule.id == "websocket-accepted"


def test_each_policy_fails_for_itself() -> None:
    diagnosis = step("connect-src 'none', default-src 'none'").diagnosis
    assert [dict(one.evidence)["Content-Security-Policy"] for one in diagnosis.steps] == [
        "connect-src 'none'",
        "default-src 'none'",
    ]


def test_a_redirect_is_checked_without_its_path() -> None:
    url = "https://api.example/moved"
    assert not passes("connect-src api.example", url=url)
    assert passes("connect-src api.example other.example/elsewhere", url=url)


def test_a_sandboxed_page_has_an_opaque_origin() -> None:
    sent = step("sandbox allow-scripts").diagnosis.exchanges[0].request.headers
    assert sent.get("Origin") == "null"
    assert (
        step("sandbox allow-same-origin").diagnosis.exchanges[0].request.headers.get("Origin") == "https://app.example"
    )


@pytest.mark.parametrize(
    ("policy", "frame", "origin"),
    [
        ("sandbox allow-scripts", {"url": "about:srcdoc"}, "null"),
        ("sandbox allow-scripts", {"url": "https://b.example/"}, "null"),
        ("", {"url": "https://b.example/", "headers": {CSP: "sandbox"}}, "null"),
        ("", {"url": "https://b.example/"}, "https://b.example"),
    ],
)
def test_frames_inherit_the_sandbox_of_the_page(policy: str, frame: dict[str, Any], origin: str) -> None:
    assert step(policy, frame=frame).diagnosis.exchanges[0].request.headers.get("Origin") == origin


def test_a_page_that_may_not_send_forms_has_no_frame_that_may() -> None:
    found = step("sandbox allow-scripts", frame={"url": "https://b.example/"}, api="form")
    assert "form-not-sandboxed" in {s.rule.id for s in found.diagnosis.steps}


@pytest.mark.parametrize(
    ("url", "page"),
    [("about:srcdoc", PAGE), ("/f", PAGE), ("https://b.example.net/", ""), ("blob:", "")],
)
def test_chromium_names_the_page_around_a_sandboxed_frame(url: str, page: str) -> None:
    found = step("sandbox allow-scripts", url="http://api.example.net/", frame={"url": url})
    assert f"The page at '{page}' was loaded over HTTPS" in found.diagnosis.console[0]


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        ("worker-src blob:", True), ("worker-src 'self'", False), ("worker-src *", False),
        ("worker-src blob:; connect-src 'none'", False), ("connect-src *", True),
    ],
)  # fmt: skip
def test_a_policy_is_about_the_blob_url_of_a_worker_too(policy: str, allowed: bool) -> None:
    assert passes(policy, worker="classic") is allowed
    assert passes(policy) is ("connect-src 'none'" not in policy)


def test_a_redirect_does_not_report_the_worker_again() -> None:
    visit = {"headers": {f"{CSP}-Report-Only": "worker-src 'none'"}}
    found = step("", visit=visit, url="https://api.example/moved", worker="classic").diagnosis
    assert [note.rule.id for note in found.notes if note.rule.id == "csp-allows"] == ["csp-allows"]


@pytest.mark.parametrize("profile", BROWSERS, ids=lambda p: p.name)
def test_a_policy_that_only_reports(profile: Profile) -> None:
    found = step("", profile, {"headers": {f"{CSP}-Report-Only": "connect-src 'none'"}}).diagnosis
    assert found.verdict is Verdict.ALLOWED
    assert [note.rule.id for note in found.notes if note.rule.id == "csp-allows"] == ["csp-allows"]


NOTE = " Note that 'connect-src' was not explicitly set, so 'default-src' is used as a fallback."


@pytest.mark.parametrize(
    ("profile", "policy", "request_", "messages"),
    [
        (CHROMIUM, "connect-src 'self'", {}, [
            f"Connecting to '{API}' violates the following Content Security Policy directive: \"connect-src 'self'\". The action has been blocked.",
            f"Fetch API cannot load {API}. Refused to connect because it violates the document's Content Security Policy.",
        ]),
        (CHROMIUM, "default-src 'self'", {"api": "xhr"}, [
            f"Connecting to '{API}' violates the following Content Security Policy directive: \"default-src 'self'\".{NOTE} The action has been blocked.",
        ]),
        (FIREFOX, "connect-src b.example/x 'self'", {}, [
            f"Content-Security-Policy: The page’s settings blocked the loading of a resource (connect-src) at {API} because it violates the following directive: “connect-src https://b.example/x 'self'”",
        ]),
        (FIREFOX, "script-src 'self'", {"api": "script"}, [
            f"Content-Security-Policy: The page’s settings blocked a script (script-src-elem) at {API} from being executed because it violates the following directive: “script-src 'self'”",
        ]),
        (WEBKIT, "default-src 'self'", {"api": "stylesheet"}, [
            f"Refused to load {API} because it appears in neither the style-src directive nor the default-src directive of the Content Security Policy.",
        ]),
        (WEBKIT, "default-src 'self'", {"api": "script"}, [
            f"Refused to load {API} because it appears in neither the script-src directive nor the default-src directive of the Content Security Policy.",
        ]),
        (WEBKIT, "connect-src api.example", {"url": "https://api.example/moved"}, [
            "Refused to connect to https://other.example/z because it does not appear in the connect-src directive of the Content Security Policy.\n"
            "Blocked by Content Security Policy.\nFetch API cannot load https://other.example/z due to access control checks.",
        ]),
        (WEBKIT, "img-src api.example", {"url": "https://api.example/moved", "api": "image"}, [
            "Refused to load https://other.example/z because it does not appear in the img-src directive of the Content Security Policy.\n"
            "Cannot load image https://api.example/moved due to access control checks.",
        ]),
        (WEBKIT, "font-src api.example", {"url": "https://api.example/moved", "api": "font"}, [
            "Refused to load https://other.example/z because it does not appear in the font-src directive of the Content Security Policy.",
        ]),
    ],
)  # fmt: skip
def test_consoles(profile: Profile, policy: str, request_: dict[str, Any], messages: list[str]) -> None:
    assert list(step(policy, profile, **request_).diagnosis.console) == messages


@pytest.mark.parametrize(
    ("profile", "page", "request_", "words"),
    [
        (FIREFOX, PAGE, {"api": "stylesheet", "url": "http://api.example/a.css"}, ["Blocked loading mixed active content"]),
        (FIREFOX, PAGE, {"api": "preload", "as": "script", "url": "http://api.example/a.js"}, []),
        (WEBKIT, PAGE, {"api": "image", "url": "ftp://api.example/a.png"}, ["requested insecure content from ftp://api.example/a.png"]),
        (WEBKIT, "file:///home/a/page.html", {"api": "image", "url": "ftp://api.example/a.png"}, ["FTP URLs are disabled"]),
    ],
)  # fmt: skip
def test_consoles_about_insecure_content(
    profile: Profile, page: str, request_: dict[str, Any], words: list[str]
) -> None:
    found = step("", profile, {"page": page, "requests": [request_]}).diagnosis
    assert found.verdict is Verdict.BLOCKED
    assert len(found.console) == len(words)
    assert all(word in line for word, line in zip(words, found.console, strict=True))


def test_firefox_reports_a_blocked_redirect_twice() -> None:
    first, second = step("connect-src api.example", FIREFOX, url="https://api.example/moved").diagnosis.console
    assert "at https://other.example/z" in first
    assert "did not succeed" in second


@pytest.mark.parametrize(
    ("policy", "url", "api", "fix"),
    [
        ("connect-src 'self'", API, "fetch", "change this directive to `connect-src 'self' https://api.example`"),
        ("connect-src 'NONE'", API, "fetch", "change this directive to `connect-src https://api.example`"),
        ("default-src 'self'; img-src x", API, "fetch", "add `connect-src 'self' https://api.example`"),
        ("script-src 'self'", API, "script", "change this directive to `script-src 'self' https://api.example`"),
        ("connect-src 'self'", "wss://api.example/", "websocket", "to `connect-src 'self' wss://api.example`"),
        ("img-src 'self'", "data:image/png,x", "image", "change this directive to `img-src 'self' data:`"),
        ("connect-src 'self'", "blob:", "fetch", "change this directive to `connect-src 'self' blob:`"),
    ],
)
def test_the_fix_names_the_directive(policy: str, url: str, api: str, fix: str) -> None:
    failure = step(policy, url=url, api=api).diagnosis.failure
    assert failure is not None
    assert fix in next_step(failure)


@pytest.mark.parametrize(
    ("profile", "policy", "allowed"),
    [
        (STANDARD, "connect-src https:", False), (STANDARD, "connect-src wss:", True), (STANDARD, "connect-src *", True),
        (STANDARD, "connect-src https://api.example", False), (STANDARD, "connect-src wss://api.example", True),
        (STANDARD, "connect-src ws://api.example", True), (CHROMIUM, "connect-src api.example", False),
        (FIREFOX, "connect-src *:*", False), (WEBKIT, "connect-src *:*", True), (WEBKIT, "connect-src https://*:*", False),
    ],
)  # fmt: skip
def test_a_websocket_needs_a_source_of_its_own_scheme(profile: Profile, policy: str, allowed: bool) -> None:
    found = step(policy, profile, url="wss://api.example/", api="websocket").diagnosis
    assert ("csp-allows" not in [s.rule.id for s in found.steps if s.outcome is Outcome.FAIL]) is allowed
    assert allowed or all("wss://api.example/" in message for message in found.console)


def test_firefox_writes_the_scheme_of_a_bare_host() -> None:
    [message] = step("connect-src *:8443", FIREFOX, url="wss://api.example/", api="websocket").diagnosis.console
    assert "“connect-src https://*:8443”" in message


def test_a_redirect_that_a_policy_stops_is_no_response_of_an_image_in_firefox() -> None:
    console = step("img-src api.example", FIREFOX, url="https://api.example/moved", api="image").diagnosis.console
    assert "status code is not in allowed range" in console[-1]
    own = step("img-src 'self'", FIREFOX, url="https://app.example/moved", api="image").diagnosis.console
    assert all("OpaqueResponseBlocking" not in message for message in own)


def test_firefox_names_the_policy_that_blocks_all_mixed_content() -> None:
    found = step("block-all-mixed-content", FIREFOX, url="http://api.example/").diagnosis
    assert "Blocking insecure request ‘http://api.example/’" in found.console[0]


@pytest.mark.parametrize(
    ("location", "policy", "rule"),
    [
        ("https://other.example/", "connect-src api.example", "csp-allows"),
        ("http://other.example/", "connect-src *", "not-mixed-content"),
        ("https://other.example:6000/", "connect-src *", "acao-present"),
    ],
)
def test_before_the_cors_check_firefox_judges_a_redirect_by_the_page_alone(
    location: str, policy: str, rule: str
) -> None:
    """csp/refused-redirect/001, mixed/refused-redirect/001"""
    flow = read_flow({"visits": [{"page": PAGE, "headers": {CSP: policy}, "requests": [{"url": API}]}]})
    redirect = Response(302, Headers((("Location", location),)))
    [result] = run_flow(flow, (FIREFOX,), lambda _kind, _request: redirect)
    failure = result.steps[0].diagnosis.failure
    assert failure is not None
    assert failure.rule.id == rule
