"""What is judged of a response in a frame, how the page notices it, and what browsers print."""

from __future__ import annotations

from typing import Any

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Verdict
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.result import StepResult
from corsdoctor.flow.run import run_flow
from corsdoctor.rule import Outcome
from corsdoctor.scenario import Api, Scenario
from corsdoctor.wire import Answer, Headers, Response
from tests.fetch.asking import API, APP, answer, ask, hop

CSP, XFO, COEP, CORP = (
    "Content-Security-Policy", "X-Frame-Options", "Cross-Origin-Embedder-Policy", "Cross-Origin-Resource-Policy",
)  # fmt: skip
PAGE = "https://app.example/page"


def step(
    request: dict[str, Any], *lines: tuple[str, str], profile: Profile = CHROMIUM, page: dict[str, str] | None = None
) -> StepResult:
    visit = {"page": PAGE, "headers": page or {}, "requests": [{"url": API, "api": "iframe", **request}]}
    answers: list[Answer] = [Response(200, Headers(lines))]
    [result] = run_flow(read_flow({"visits": [visit]}), (profile,), lambda *_: answers[0])
    return result.steps[0]


def rule(result: StepResult) -> str | None:
    failure = result.diagnosis.failure
    return None if failure is None else failure.rule.id


@pytest.mark.parametrize(
    ("lines", "broken"),
    [
        ((), None),
        (((CSP, "frame-ancestors 'none'"),), "frame-ancestors-allow"),
        (((CSP, "frame-ancestors 'self'"),), "frame-ancestors-allow"),
        (((CSP, "frame-ancestors https:"),), None),
        (((CSP, "frame-ancestors https://app.example"),), None),
        (((CSP, "frame-ancestors app.example, frame-ancestors 'self'"),), "frame-ancestors-allow"),
        (((CSP, "frame-ancestors 'none', frame-ancestors 'self'"),), "frame-ancestors-allow"),
        (((CSP, "img-src 'none'"),), None),
        (((f"{CSP}-Report-Only", "frame-ancestors 'none'"),), None),
        (((XFO, "DENY"),), "frame-options-allow"),
        (((XFO, "deny"), (XFO, "deny")), "frame-options-allow"),
        (((XFO, "SAMEORIGIN"),), "frame-options-allow"),
        (((XFO, "ALLOWALL"),), None),
        (((XFO, "ALLOW-FROM https://app.example"),), None),
        (((XFO, "ALLOW-FROM a, ALLOW-FROM b"),), None),
        (((XFO, "SAMEORIGIN, ALLOWALL"),), "frame-options-allow"),
        (((XFO, "DENY"), (CSP, "frame-ancestors app.example")), None),
        (((XFO, "DENY"), (f"{CSP}-Report-Only", "frame-ancestors app.example")), "frame-options-allow"),
    ],
)
@pytest.mark.parametrize("profile", BROWSERS, ids=lambda p: p.name)
def test_who_may_show_a_page_in_a_frame(
    lines: tuple[tuple[str, str], ...], broken: str | None, profile: Profile
) -> None:
    diagnosis = ask(Scenario(API, APP, api=Api.IFRAME), answer(200, *lines), profile=profile)
    assert (diagnosis.failure.rule.id if diagnosis.failure else None) == broken
    assert diagnosis.verdict is (Verdict.OPAQUE if broken is None else Verdict.BLOCKED)


@pytest.mark.parametrize(
    ("status", "disposition", "profile", "shown"),
    [
        (204, "", STANDARD, False),
        (205, "", FIREFOX, False),
        (304, "", FIREFOX, True),
        (304, "", CHROMIUM, False),
        (200, "Attachment ; filename=x", STANDARD, False),
        (200, "inline", STANDARD, True),
    ],
)
@pytest.mark.parametrize("api", [Api.IFRAME, Api.OBJECT, Api.FORM])
def test_a_response_that_is_no_document_is_not_shown(
    status: int, disposition: str, profile: Profile, shown: bool, api: Api
) -> None:
    lines = [("Content-Disposition", disposition)] if disposition else []
    diagnosis = ask(Scenario(API, APP, api=api), answer(status, *lines), profile=profile)
    assert (diagnosis.failure is None) is shown
    assert shown or (diagnosis.failure is not None and diagnosis.failure.rule.id == "framed-response-is-document")


def test_a_page_reads_a_frame_of_its_own_origin() -> None:
    own = Scenario(f"{APP}/b", APP, api=Api.IFRAME)
    for value in ("SAMEORIGIN", "sameorigin"):
        assert ask(own, answer(200, (XFO, value))).verdict is Verdict.ALLOWED
    assert ask(own, hop(API), answer(200)).verdict is Verdict.OPAQUE
    assert ask(own, answer(200, (CSP, "frame-ancestors 'self'"))).verdict is Verdict.ALLOWED


def test_every_page_around_the_frame_must_be_listed() -> None:
    listed = (CSP, "frame-ancestors https://app.example https://other.example")
    frame = {"frame": {"url": "https://other.example/"}}
    assert rule(step(frame, listed)) is None
    assert rule(step(frame, (CSP, "frame-ancestors https://other.example"))) == "frame-ancestors-allow"
    assert rule(step({"frame": {"url": "data:"}}, listed)) == "frame-ancestors-allow"
    noted = step({}, (f"{CSP}-Report-Only", "frame-ancestors 'none'")).diagnosis
    assert [s.rule.id for s in noted.steps if s.outcome is Outcome.NOTE] == ["frame-ancestors-allow"]


@pytest.mark.parametrize(
    ("policy", "lines", "broken"),
    [
        ("require-corp", (), ("corp-allows", "framed-page-has-coep")),
        ("require-corp", ((COEP, "require-corp"),), ("corp-allows", "corp-allows")),
        ("require-corp", ((CORP, "cross-origin"),), ("framed-page-has-coep", "framed-page-has-coep")),
        ("require-corp", ((CORP, "cross-origin"), (COEP, "require-corp")), (None, None)),
        ("credentialless", ((COEP, "require-corp"),), ("corp-allows", "corp-allows")),
        ("credentialless", ((COEP, "credentialless"), (CORP, "cross-origin")), (None, None)),
        ("unsafe-none", ((CORP, "same-origin"),), (None, None)),
    ],
)
def test_what_a_policy_of_the_page_demands_of_a_frame(
    policy: str, lines: tuple[tuple[str, str], ...], broken: tuple[str | None, str | None]
) -> None:
    assert tuple(rule(step({}, *lines, profile=p, page={COEP: policy})) for p in (CHROMIUM, FIREFOX)) == broken


@pytest.mark.parametrize(
    ("lines", "page", "noticed"),
    [
        (((XFO, "DENY"),), {}, (Verdict.OPAQUE, Verdict.OPAQUE, Verdict.OPAQUE)),
        (((CORP, "cross-origin"),), {COEP: "require-corp"}, (Verdict.OPAQUE, Verdict.BLOCKED, Verdict.OPAQUE)),
        ((), {COEP: "require-corp"}, (Verdict.OPAQUE, Verdict.BLOCKED, Verdict.BLOCKED)),
        ((), {CSP: "frame-src 'self'"}, (Verdict.OPAQUE, Verdict.BLOCKED, Verdict.OPAQUE)),
    ],
)
def test_a_page_notices_few_failures_of_a_frame(
    lines: tuple[tuple[str, str], ...], page: dict[str, str], noticed: tuple[Verdict, ...]
) -> None:
    steps = [step({}, *lines, profile=profile, page=page) for profile in (CHROMIUM, FIREFOX, WEBKIT)]
    assert {one.verdict for one in steps} == {Verdict.BLOCKED}
    assert tuple(one.noticed for one in steps) == noticed


@pytest.mark.parametrize("api", ["preload", "modulepreload"])
def test_firefox_fires_load_for_a_preload_that_cors_blocks(api: str) -> None:
    steps = [step({"api": api, "mode": "cors"}, profile=profile) for profile in (CHROMIUM, FIREFOX, WEBKIT)]
    assert [one.noticed for one in steps] == [Verdict.BLOCKED, Verdict.OPAQUE, Verdict.BLOCKED]
    forbidden = step({"api": api, "mode": "cors"}, profile=FIREFOX, page={CSP: "default-src 'self'"})
    assert forbidden.noticed is Verdict.BLOCKED


def test_what_a_form_violates() -> None:
    form = {"api": "form"}
    assert rule(step(form, page={CSP: "form-action 'self'"})) == "csp-allows"
    assert rule(step(form, page={CSP: "frame-src 'self'"})) == "csp-allows"
    assert rule(step(form, page={CSP: "form-action https:"})) is None
    redirected = {"api": "form", "url": "/moved"}
    for profile, broken in ((CHROMIUM, "csp-allows"), (FIREFOX, None), (STANDARD, "csp-allows")):
        flow = read_flow({"visits": [{"page": PAGE, "headers": {CSP: "form-action 'self'"}, "requests": [redirected]}]})
        answers = iter((hop(API), answer(200)))
        [result] = run_flow(flow, (profile,), lambda *_, answers=answers: next(answers))
        assert rule(result.steps[0]) == broken


@pytest.mark.parametrize(
    ("frame", "page", "sent"),
    [
        ({"url": "about:srcdoc"}, {}, True),
        ({"url": "about:srcdoc", "sandbox": "allow-scripts"}, {}, False),
        ({"url": "about:srcdoc", "sandbox": "allow-scripts allow-forms"}, {}, True),
        (None, {CSP: "sandbox allow-scripts"}, False),
        (None, {CSP: "sandbox allow-forms"}, True),
    ],
)
def test_a_sandbox_may_keep_a_form(frame: dict[str, str] | None, page: dict[str, str], sent: bool) -> None:
    steps = [step({"api": "form", "frame": frame}, profile=p, page=page) for p in (CHROMIUM, FIREFOX, WEBKIT)]
    assert [rule(one) for one in steps] == [None if sent else "form-not-sandboxed"] * 3
    said = (
        []
        if sent
        else [
            f"Blocked form submission to '{API}' because the form's frame is sandboxed and the 'allow-forms' permission is not set."
        ]
    )
    assert [list(one.diagnosis.console) for one in steps] == [said, [], said]


def test_the_fields_of_a_form_are_not_known() -> None:
    for url, asked in ((API, f"{API}?"), (f"{API}?", f"{API}?"), (f"{API}?a=1#b", f"{API}?a=1#b")):
        [exchange] = step({"api": "form", "method": "GET", "url": url}).diagnosis.exchanges
        assert exchange.request.url == asked.partition("#")[0]


@pytest.mark.parametrize("api", ["icon", "manifest"])
def test_icons_and_manifests_are_those_of_the_page(api: str) -> None:
    assert step({"api": api, "frame": {"url": "about:srcdoc"}}).diagnosis.exchanges == ()
    assert [len(step({"api": api}, profile=p).diagnosis.exchanges) for p in (CHROMIUM, WEBKIT)] == [1, 0]


def test_a_manifest_and_its_messages() -> None:
    [message] = ask_manifest(404).diagnosis.console
    assert message == f"Manifest fetch from {API} failed, code 404"
    userinfo = step({"url": "https://u:p@api.example/"}).diagnosis.console
    assert "embedded credentials" in userinfo[0]


def ask_manifest(status: int) -> StepResult:
    flow = read_flow({"visits": [{"page": PAGE, "requests": [{"url": API, "api": "manifest"}]}]})
    [result] = run_flow(flow, (CHROMIUM,), lambda *_: answer(status, ("Access-Control-Allow-Origin", "*")))
    return result.steps[0]


def test_firefox_asks_before_an_insecure_form_is_sent() -> None:
    form = {"api": "form", "url": "http://api.example/"}
    assert [step(form, profile=profile).verdict for profile in (CHROMIUM, FIREFOX)] == [
        Verdict.BLOCKED,
        Verdict.PENDING,
    ]
    assert step({"api": "form"}, profile=FIREFOX).verdict is Verdict.OPAQUE


@pytest.mark.parametrize(
    ("request_", "lines", "page", "said"),
    [
        (
            {}, ((XFO, "DENY"),), {},
            (
                "Refused to display 'https://api.example/' in a frame because it set 'X-Frame-Options' to 'deny'.",
                "The loading of “https://api.example/items” in a frame is denied by “X-Frame-Options“ directive set to “deny“.",
                "Refused to display 'https://api.example/items' in a frame because it set 'X-Frame-Options' to 'DENY'.",
            ),
        ),
        (
            {}, ((XFO, "DENY, SAMEORIGIN"),), {},
            (
                "Refused to display 'https://api.example/' in a frame because it set multiple 'X-Frame-Options' headers with "
                "conflicting values ('DENY, SAMEORIGIN'). Falling back to 'deny'.",
                "Invalid X-Frame-Options header was found when loading “https://api.example/items”: “invalid” is not a valid "
                "directive.",
                "Multiple 'X-Frame-Options' headers with conflicting values ('DENY, SAMEORIGIN') encountered when loading "
                "'https://api.example/items'. Falling back to 'DENY'.\nRefused to display 'https://api.example/items' in a "
                "frame because it set 'X-Frame-Options' to 'DENY, SAMEORIGIN'.",
            ),
        ),
        (
            {}, ((CSP, "frame-ancestors *.other.example 'self'"),), {},
            (
                "Framing 'https://api.example/' violates the following Content Security Policy directive: \"frame-ancestors 'self' "
                '*.other.example". The request has been blocked.',
                "Content-Security-Policy: The page’s settings blocked the loading of a resource (frame-ancestors) at <unknown> "
                "because it violates the following directive: “frame-ancestors https://*.other.example 'self'”",
                "Refused to load https://api.example/items because it does not appear in the frame-ancestors directive of the "
                "Content Security Policy.",
            ),
        ),
        (
            {}, ((f"{CSP}-Report-Only", "frame-ancestors 'none'"),), {},
            (
                "Framing 'https://api.example/' violates the following report-only Content Security Policy directive: "
                "\"frame-ancestors 'none'\". The violation has been logged, but no further action has been taken.",
                "Content-Security-Policy: (Report-Only policy) The page’s settings would block the loading of a resource "
                "(frame-ancestors) at <unknown> because it violates the following directive: “frame-ancestors 'none'”",
                "",
            ),
        ),
        (
            {}, (), {CSP: "default-src 'unsafe-inline' 'self'"},
            (
                "Framing 'https://api.example/' violates the following Content Security Policy directive: \"default-src 'self'\". "
                "The request has been blocked. Note that 'frame-src' was not explicitly set, so 'default-src' is used as a fallback.",
                "Content-Security-Policy: The page’s settings blocked the loading of a resource (frame-src) at "
                "https://api.example/items because it violates the following directive: “default-src 'unsafe-inline' 'self'”",
                "Refused to load https://api.example/items because it appears in neither the frame-src directive nor the "
                "default-src directive of the Content Security Policy.",
            ),
        ),
        (
            {"api": "object"}, (), {CSP: "object-src 'self'"},
            (
                "Loading plugin data from 'https://api.example/items' violates the following Content Security Policy directive: "
                "\"object-src 'self'\". The action has been blocked.",
                "Content-Security-Policy: The page’s settings blocked the loading of a resource (object-src) at "
                "https://api.example/items because it violates the following directive: “object-src 'self'”",
                "Refused to load https://api.example/items because it does not appear in the object-src directive of the Content "
                "Security Policy.",
            ),
        ),
        (
            {"api": "svg-use", "url": f"{API}#x"}, (), {},
            (
                f"Unsafe attempt to load URL {API} from frame with URL {PAGE}. Domains, protocols and ports must match.\n",
                f"Security Error: Content at {PAGE} may not load data from {API}.",
                f"Unsafe attempt to load URL {API} from origin https://app.example. Domains, protocols and ports must match.",
            ),
        ),
    ],
)  # fmt: skip
def test_what_browsers_print(
    request_: dict[str, Any], lines: tuple[tuple[str, str], ...], page: dict[str, str], said: tuple[str, ...]
) -> None:
    steps = [step(request_, *lines, profile=profile, page=page) for profile in (CHROMIUM, FIREFOX, WEBKIT)]
    assert tuple("".join(one.diagnosis.console) for one in steps) == said


@pytest.mark.parametrize(
    ("sources", "shown"),
    [("*", "*"), ("https://b.example *", "*"), ("'unsafe-inline'", "'none'"), ("a.example", "a.example")],
)
def test_chromium_writes_a_directive_in_its_own_way(sources: str, shown: str) -> None:
    [message] = step({"url": "ftp://api.example/"}, page={CSP: f"frame-src {sources}"}).diagnosis.console
    assert f'"frame-src {shown}"' in message
